package storetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/store"
)

// content gives size bytes that no two chunks share.
func content(size int64) io.Reader {
	return io.LimitReader(rand.NewChaCha8([32]byte{byte(size)}), size)
}

func digest(t *testing.T, r io.Reader) (sum string, size int64) {
	t.Helper()
	h := sha256.New()
	size, err := io.Copy(h, r)
	must(t, err)
	return hex.EncodeToString(h.Sum(nil)), size
}

func keepsFilesOfAnySize(t *testing.T, open func(*testing.T) store.Engine) {
	ctx, engine, _ := begin(t, open)
	files := filesOf(t, engine)
	for _, size := range []int64{0, 1, store.ChunkSize - 1, store.ChunkSize, store.ChunkSize + 1, 64 << 20} {
		want, _ := digest(t, content(size))
		made, err := files.In(blue).Create(ctx, "preuve \x00é.pdf", "application/pdf", iotest.DataErrReader(content(size)), size)
		must(t, err)
		same(t, made, store.File{ID: made.ID, Name: "preuve \x00é.pdf", MediaType: "application/pdf", Size: size, SHA256: want, Created: made.Created})
		r, described, err := files.In(blue).Open(ctx, made.ID)
		must(t, err)
		same(t, described, made)
		got, length := digest(t, r)
		must(t, r.Close())
		if got != want || length != size {
			t.Fatalf("a file of %d bytes came back as %d bytes, digest %s, want %s", size, length, got, want)
		}
		if _, err := r.Read(make([]byte, 1)); err == nil {
			t.Fatal("a closed file was read")
		}
		if size <= store.ChunkSize+1 { // by small reads too
			r, _, err = files.In(blue).Open(ctx, made.ID)
			must(t, err)
			got, _ = digest(t, struct{ io.Reader }{r})
			same(t, got, want)
		}
		_, _, err = files.In(red).Open(ctx, made.ID)
		wantKind(t, err, fault.NotFound, "store.not-found")
		wantKind(t, files.In(red).Delete(ctx, made.ID), fault.NotFound, "store.not-found")
		described, err = files.In(blue).Stat(ctx, made.ID)
		must(t, err)
		same(t, described, made)
		must(t, files.In(blue).Delete(ctx, made.ID))
		_, _, err = files.In(blue).Open(ctx, made.ID)
		wantKind(t, err, fault.NotFound, "store.not-found")
	}
	wantNothing(t, engine)
}

// wantNothing checks that no file and no chunk is there.
func wantNothing(t *testing.T, engine store.Engine) {
	t.Helper()
	for _, collection := range []string{"files", "file-chunks"} {
		n, err := engine.Count(context.WithoutCancel(t.Context()), store.Span{Collection: collection})
		must(t, err)
		if n != 0 {
			t.Fatalf("%d records are left in %s", n, collection)
		}
	}
}

func leavesNothingOfAFailedUpload(t *testing.T, open func(*testing.T) store.Engine) {
	ctx, engine, _ := begin(t, open)
	files := filesOf(t, engine).In(blue)
	_, err := files.Create(ctx, "big", "text/plain", content(3*store.ChunkSize), 3*store.ChunkSize-1)
	wantKind(t, err, fault.TooLarge, "store.file-too-large")
	_, err = files.Create(ctx, "one", "text/plain", content(1), 0)
	wantKind(t, err, fault.TooLarge, "store.file-too-large")
	wantNothing(t, engine)

	cut := errors.New("connection reset")
	_, err = files.Create(ctx, "cut", "text/plain", io.MultiReader(content(2*store.ChunkSize+5), iotest.ErrReader(cut)), 1<<30)
	if !errors.Is(err, cut) {
		t.Fatalf("got %v", err)
	}
	wantNothing(t, engine)

	gone, cancel := context.WithCancel(ctx)
	_, err = files.Create(gone, "gone", "text/plain", io.MultiReader(content(2*store.ChunkSize), readerFunc(func([]byte) (int, error) {
		cancel()
		return 0, gone.Err()
	})), 1<<30)
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	wantNothing(t, engine)
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// dying is an engine whose process is killed at a moment: from then on, nothing it is asked is done.
type dying struct {
	store.Engine
	left int // writes it still does
}

var errDead = errors.New("the process is dead")

func (d *dying) alive() error {
	if d.left--; d.left < 0 {
		return errDead
	}
	return nil
}

func (d *dying) Insert(ctx context.Context, collection string, records ...store.Record) error {
	if err := d.alive(); err != nil {
		return err
	}
	return d.Engine.Insert(ctx, collection, records...)
}

func (d *dying) Replace(ctx context.Context, collection string, r store.Record) error {
	if err := d.alive(); err != nil {
		return err
	}
	return d.Engine.Replace(ctx, collection, r)
}

func (d *dying) Delete(ctx context.Context, collection string, t store.Tenant, id string, version int64) error {
	if err := d.alive(); err != nil {
		return err
	}
	return d.Engine.Delete(ctx, collection, t, id, version)
}

func (d *dying) DeleteMany(ctx context.Context, collection string, t store.Tenant, ids []string) error {
	if err := d.alive(); err != nil {
		return err
	}
	return d.Engine.DeleteMany(ctx, collection, t, ids)
}

// alone is an engine that says no other process writes to its store.
type alone struct{ store.Engine }

func (alone) Exclusive() bool { return true }

// shared is an engine that says others may.
type shared struct{ store.Engine }

func (shared) Exclusive() bool { return false }

func sweepsWhatWasLeft(t *testing.T, open func(*testing.T) store.Engine) {
	ctx, engine, _ := begin(t, open)
	keys, err := Unlock(ctx, engine)
	must(t, err)
	kept, err := filesOf(t, engine).In(blue).Create(ctx, "kept", "text/plain", content(store.ChunkSize+1), 1<<30)
	must(t, err)
	for writes := range 6 { // an upload of three chunks is five writes, a deletion three
		files := store.NewFiles(&dying{Engine: engine, left: writes}, keys).In(blue)
		_, err := files.Create(ctx, "killed", "text/plain", content(3*store.ChunkSize), 1<<30)
		if writes < 5 {
			if !errors.Is(err, errDead) {
				t.Fatalf("killed after %d writes: %v", writes, err)
			}
			continue
		}
		must(t, err)
	}
	for writes := range 3 {
		made, err := filesOf(t, engine).In(red).Create(ctx, "removed", "text/plain", content(2*store.ChunkSize), 1<<30)
		must(t, err)
		err = store.NewFiles(&dying{Engine: engine, left: writes}, keys).In(red).Delete(ctx, made.ID)
		if !errors.Is(err, errDead) {
			t.Fatalf("killed after %d writes: %v", writes, err)
		}
		_, err = filesOf(t, engine).In(red).Stat(ctx, made.ID)
		if writes == 0 {
			must(t, err)
			must(t, filesOf(t, engine).In(red).Delete(ctx, made.ID))
		} else {
			wantKind(t, err, fault.NotFound, "store.not-found")
		}
	}
	swept, err := filesOf(t, shared{engine}).Sweep(ctx)
	must(t, err)
	same(t, swept, 0) // others may still be at them
	swept, err = filesOf(t, alone{engine}).Sweep(ctx)
	must(t, err)
	same(t, swept, 6) // four uploads, two deletions
	for collection, want := range map[string]int64{"files": 2, "file-chunks": 5} {
		n, err := engine.Count(ctx, store.Span{Collection: collection})
		must(t, err)
		same(t, n, want)
	}
	r, _, err := filesOf(t, engine).In(blue).Open(ctx, kept.ID)
	must(t, err)
	sum, _ := digest(t, r)
	same(t, sum, kept.SHA256)

	old := time.Now().Add(-48 * time.Hour)
	raw, err := bson.Marshal(bson.D{{Key: "_id", Value: "old"}, {Key: "v", Value: 1}, {Key: "unfinished", Value: old}})
	must(t, err)
	must(t, engine.Insert(ctx, "files", store.Record{Tenant: blue, ID: "old", Version: 1, Body: raw}))
	swept, err = filesOf(t, shared{engine}).Sweep(ctx)
	must(t, err)
	same(t, swept, 1)
}

func noticesADamagedFile(t *testing.T, open func(*testing.T) store.Engine) {
	ctx, engine, _ := begin(t, open)
	files := filesOf(t, engine).In(blue)
	made, err := files.Create(ctx, "a", "text/plain", content(2*store.ChunkSize+9), 1<<30)
	must(t, err)
	read := func() error {
		r, _, err := files.Open(ctx, made.ID)
		must(t, err)
		_, err = io.Copy(io.Discard, r)
		return err
	}
	must(t, read())
	var chunk store.Record
	id := made.ID + ".00000001"
	must(t, engine.Get(ctx, "file-chunks", blue, []string{id}, func(r store.Record) error {
		chunk = r
		chunk.Body = bytes.Clone(r.Body)
		return nil
	}))
	chunk.Body[len(chunk.Body)/2] ^= 1
	chunk.Version++
	must(t, engine.Replace(ctx, "file-chunks", chunk))
	wantKind(t, read(), fault.Unavailable, "store.file-damaged")
	must(t, engine.DeleteMany(ctx, "file-chunks", blue, []string{id}))
	wantKind(t, read(), fault.Unavailable, "store.file-damaged")
}
