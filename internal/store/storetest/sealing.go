package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/store"
	"github.com/garant-sante/garant/internal/vault"
)

// chunkField gives the bytes that all chunks hold in a field, under their ids: "s" those sealed, "d" those in clear.
func chunkField(t *testing.T, e store.Engine, field string) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	must(t, e.Scan(t.Context(), store.Span{Collection: "file-chunks"}, func(r store.Record) error {
		if _, data, ok := r.Body.Lookup(field).BinaryOK(); ok {
			found[string(r.Tenant)+" "+r.ID] = bytes.Clone(data)
		}
		return nil
	}))
	return found
}

func record(t *testing.T, e store.Engine, collection string, tenant store.Tenant, id string) store.Record {
	t.Helper()
	var found store.Record
	must(t, e.Get(t.Context(), collection, tenant, []string{id}, func(r store.Record) error {
		found = r
		found.Body = bytes.Clone(r.Body)
		return nil
	}))
	if found.ID == "" {
		t.Fatalf("no %s in %s", id, collection)
	}
	return found
}

// with gives the body of a document with some fields set, or taken away where nil.
func with(t *testing.T, body bson.Raw, fields map[string]any) bson.Raw {
	t.Helper()
	var doc bson.D
	must(t, bson.Unmarshal(body, &doc))
	doc = slices.DeleteFunc(doc, func(e bson.E) bool { _, ok := fields[e.Key]; return ok })
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		if fields[key] != nil {
			doc = append(doc, bson.E{Key: key, Value: fields[key]})
		}
	}
	raw, err := bson.Marshal(doc)
	must(t, err)
	return raw
}

// put replaces a record by one with that body.
func put(t *testing.T, e store.Engine, collection string, r store.Record, body bson.Raw) {
	t.Helper()
	r.Version++
	r.Body = body
	must(t, e.Replace(t.Context(), collection, r))
}

func readAll(ctx context.Context, files store.ScopedFiles, id string) ([]byte, error) {
	r, _, err := files.Open(ctx, id)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	return io.ReadAll(r)
}

func sealsEveryChunkInItsPlace(t *testing.T, open func(*testing.T) store.Engine) {
	const name, of = "file-chunks", 2*store.ChunkSize + 9
	text := bytes.Repeat([]byte("the audit found that backups "), of/29+1)[:of]
	for what, harm := range map[string]func(e store.Engine, one, two, foreign string){
		"chunks of one file exchanged": func(e store.Engine, one, _, _ string) {
			first, second := record(t, e, name, blue, one+".00000000"), record(t, e, name, blue, one+".00000001")
			put(t, e, name, first, with(t, second.Body, map[string]any{"_id": first.ID}))
			put(t, e, name, second, with(t, first.Body, map[string]any{"_id": second.ID}))
		},
		"a chunk of another file": func(e store.Engine, one, two, _ string) {
			other := record(t, e, name, blue, two+".00000001")
			here := record(t, e, name, blue, one+".00000001")
			put(t, e, name, here, with(t, other.Body, map[string]any{"_id": here.ID}))
		},
		"a chunk of another tenant": func(e store.Engine, one, _, foreign string) {
			other := record(t, e, name, red, foreign+".00000002")
			here := record(t, e, name, blue, one+".00000002")
			put(t, e, name, here, with(t, other.Body, map[string]any{"_id": here.ID}))
		},
		"the end cut off, and the size with it": func(e store.Engine, one, _, _ string) {
			must(t, e.DeleteMany(t.Context(), name, blue, []string{one + ".00000002"}))
			doc := record(t, e, "files", blue, one)
			put(t, e, "files", doc, with(t, doc.Body, map[string]any{"size": int64(2 * store.ChunkSize)}))
		},
		"all cut off but the document": func(e store.Engine, one, _, _ string) {
			must(t, e.DeleteMany(t.Context(), name, blue, []string{one + ".00000000", one + ".00000001", one + ".00000002"}))
			doc := record(t, e, "files", blue, one)
			put(t, e, "files", doc, with(t, doc.Body, map[string]any{"size": int64(0)}))
		},
		"a chunk in clear in the place of a sealed one": func(e store.Engine, one, _, _ string) {
			here := record(t, e, name, blue, one+".00000001")
			put(t, e, name, here, with(t, here.Body, map[string]any{"s": nil, "d": text[store.ChunkSize : 2*store.ChunkSize]}))
		},
		"one bit": func(e store.Engine, one, _, _ string) {
			here := record(t, e, name, blue, one+".00000000")
			here.Body[len(here.Body)/2] ^= 1
			put(t, e, name, here, here.Body)
		},
	} {
		ctx, engine, _ := begin(t, open)
		files := filesOf(t, engine)
		var ids [3]string
		for i, tenant := range []store.Tenant{blue, blue, red} {
			made, err := files.In(tenant).Create(ctx, "f", "text/plain", bytes.NewReader(text), of)
			must(t, err)
			ids[i] = made.ID
		}
		got, err := readAll(ctx, files.In(blue), ids[0])
		must(t, err)
		if !bytes.Equal(got, text) {
			t.Fatalf("%s: the file did not come back before", what)
		}
		for id, sealed := range chunkField(t, engine, "s") {
			if bytes.Contains(sealed, []byte("backups")) {
				t.Fatalf("chunk %s is in clear", id)
			}
		}
		same(t, len(chunkField(t, engine, "d")), 0)
		harm(engine, ids[0], ids[1], ids[2])
		got, err = readAll(ctx, files.In(blue), ids[0])
		wantKind(t, err, fault.Unavailable, "store.file-damaged")
		if !bytes.HasPrefix(text, got) {
			t.Fatalf("%s: bytes that were not those of the file were given", what)
		}
	}
}

// inClear stores a file as versions before the sealing did.
func inClear(t *testing.T, e store.Engine, tenant store.Tenant, size int64) string {
	t.Helper()
	data, err := io.ReadAll(content(size))
	must(t, err)
	sum, _ := digest(t, content(size))
	id := store.NewID()
	insert := func(collection string, doc bson.D) {
		raw, err := bson.Marshal(doc)
		must(t, err)
		must(t, e.Insert(t.Context(), collection, store.Record{Tenant: tenant, ID: doc[0].Value.(string), Version: 1, Body: raw}))
	}
	for number := 0; number*store.ChunkSize < len(data); number++ {
		part := data[number*store.ChunkSize : min((number+1)*store.ChunkSize, len(data))]
		insert("file-chunks", bson.D{{Key: "_id", Value: fmt.Sprintf("%s.%08d", id, number)}, {Key: "v", Value: 1}, {Key: "d", Value: part}})
	}
	insert("files", bson.D{
		{Key: "_id", Value: id}, {Key: "v", Value: 1}, {Key: "name", Value: "f"}, {Key: "mediaType", Value: "text/plain"},
		{Key: "size", Value: size}, {Key: "sha256", Value: sum}, {Key: "created", Value: bson.DateTime(0)},
	})
	return id
}

func sealsFilesStoredInClear(t *testing.T, open func(*testing.T) store.Engine) {
	ctx, engine, _ := begin(t, open)
	keys, err := Unlock(ctx, engine)
	must(t, err)
	files := store.NewFiles(engine, keys)
	sizes := map[string]int64{}
	for _, size := range []int64{0, 1, 2 * store.ChunkSize, 2*store.ChunkSize + 5} {
		sizes[inClear(t, engine, red, size)] = size
	}
	readable := func(when string) {
		for id, size := range sizes {
			want, _ := digest(t, content(size))
			r, described, err := files.In(red).Open(ctx, id)
			must(t, err)
			got, length := digest(t, r)
			if got != want || length != size || described.Size != size {
				t.Fatalf("%s, the file of %d bytes comes back as %d others", when, size, length)
			}
		}
	}
	readable("before")
	begun := map[string]io.Reader{} // by who opened it before, and reads on after
	for id := range sizes {
		begun[id], _, err = files.In(red).Open(ctx, id)
		must(t, err)
	}
	total, kills := 0, 0
	for dead := true; dead; kills++ { // killed before each second write
		n, err := store.NewFiles(&dying{Engine: engine, left: 1}, keys).SealClear(ctx)
		if dead = err != nil; dead && !errors.Is(err, errDead) {
			t.Fatal(err)
		}
		total += n
		readable(fmt.Sprintf("killed %d times", kills))
	}
	same(t, []int{total, kills}, []int{4, 11}) // seven chunks and four documents
	same(t, len(chunkField(t, engine, "d")), 0)
	for id, r := range begun {
		got, _ := digest(t, r)
		want, _ := digest(t, content(sizes[id]))
		same(t, got, want)
	}
	total, err = files.SealClear(ctx)
	must(t, err)
	same(t, total, 0)
}

func wrapsKeysAnewAndLeavesFiles(t *testing.T, open func(*testing.T) store.Engine) {
	ctx, engine, _ := begin(t, open)
	old, err := vault.NewMaster()
	must(t, err)
	next, err := vault.NewMaster()
	must(t, err)
	parse := func(text string) *vault.Masters {
		masters, err := vault.ParseMasters(text)
		must(t, err)
		return masters
	}
	keys := store.NewKeys(engine)
	needed := func() []string {
		names, err := keys.Needed(ctx)
		must(t, err)
		return names
	}
	same(t, needed(), []string(nil))
	_, err = store.NewFiles(engine, keys).In(blue).Create(ctx, "f", "text/plain", content(1), 1)
	wantKind(t, err, fault.Unavailable, "vault.no-master")
	wantNothing(t, engine)

	_, err = keys.UseMasters(ctx, parse(old))
	must(t, err)
	made := map[store.Tenant]string{}
	for _, tenant := range []store.Tenant{blue, red} {
		file, err := store.NewFiles(engine, keys).In(tenant).Create(ctx, "f", "text/plain", content(store.ChunkSize+1), 1<<30)
		must(t, err)
		made[tenant] = file.ID
	}
	same(t, needed(), []string{parse(old).Current()})
	before := chunkField(t, engine, "s")

	total := 0
	for dead := true; dead; {
		dying := &dying{Engine: engine, left: 1}
		n, err := store.NewKeys(dying).UseMasters(ctx, parse(next+"\n"+old))
		if dead = err != nil; dead && !errors.Is(err, errDead) {
			t.Fatal(err)
		}
		total += n
	}
	same(t, total, 3) // the portal's own and two tenants'
	same(t, needed(), []string{parse(next).Current()})
	same(t, chunkField(t, engine, "s"), before)

	// A process that was not told of the new master key says which one it needs.
	_, err = readAll(ctx, store.NewFiles(engine, keys).In(blue), made[blue])
	wantKind(t, err, fault.Unavailable, "vault.master-missing")
	f, _ := fault.As(err)
	same(t, f.Args, []any{"key", parse(next).Current()})
	_, err = store.NewKeys(engine).UseMasters(ctx, parse(old))
	wantKind(t, err, fault.Unavailable, "vault.master-missing")
	_, err = readAll(ctx, store.NewFiles(engine, store.NewKeys(engine)).In(blue), made[blue])
	wantKind(t, err, fault.Unavailable, "vault.master-missing")

	keys = store.NewKeys(engine)
	_, err = keys.UseMasters(ctx, parse(next))
	must(t, err)
	want, _ := digest(t, content(store.ChunkSize+1))
	for tenant, id := range made {
		data, err := readAll(ctx, store.NewFiles(engine, keys).In(tenant), id)
		must(t, err)
		got, _ := digest(t, bytes.NewReader(data))
		same(t, got, want)
	}

	lost := record(t, engine, "files", blue, made[blue]).Body.Lookup("key").StringValue()
	must(t, engine.DeleteMany(ctx, "sealing-keys", blue, []string{string(blue)}))
	for _, when := range []string{"gone", "another drawn since"} {
		_, err = readAll(ctx, store.NewFiles(engine, keys).In(blue), made[blue])
		wantKind(t, err, fault.Unavailable, "vault.key-missing")
		f, _ = fault.As(err)
		same(t, append([]any{when}, f.Args...), []any{when, "key", lost})
		_, err = store.NewFiles(engine, keys).In(blue).Create(ctx, "f", "text/plain", content(1), 1)
		must(t, err)
	}
}
