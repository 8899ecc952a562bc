package store

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/vault"
)

// ChunkSize is how files are cut, in bytes.
const ChunkSize = 1 << 20

// staleAfter is how old an unfinished upload is when nobody can still be at it, on a store that several processes
// write to. No request lasts that long.
const staleAfter = 24 * time.Hour

// cleanupTime is what removing a failed upload may take; the request that failed may be over already.
const cleanupTime = time.Minute

// File describes a stored file.
type File struct {
	ID        string
	Name      string // as given: never part of a path
	MediaType string
	Size      int64     // bytes
	SHA256    string    // of all bytes, lower-case hexadecimal
	Created   time.Time // when its upload began
}

// Files keeps files as chunks of 1 MiB, each sealed by the key of its tenant, so that none is ever whole in memory and none
// is ever in clear on disk. A file exists once all its chunks do: its document is marked unfinished until then, and again
// while the file is being removed.
type Files struct {
	engine Engine
	docs   *Collection[fileDoc]
	keys   *Keys
}

type fileDoc struct {
	Meta       `bson:",inline"`
	Name       string     `bson:"name"`
	MediaType  string     `bson:"mediaType"`
	Size       int64      `bson:"size"`
	SHA256     string     `bson:"sha256"`
	Created    time.Time  `bson:"created"`
	Unfinished *time.Time `bson:"unfinished,omitempty"` // since when
	Key        string     `bson:"key,omitempty"`        // id of the key that seals its chunks; empty: stored in clear, see SealClear
}

func (d *fileDoc) file() File {
	return File{ID: d.ID, Name: d.Name, MediaType: d.MediaType, Size: d.Size, SHA256: d.SHA256, Created: d.Created}
}

// chunks is how many chunks the file has. A sealed one has a last chunk even when it is empty, which says that it ends there.
func (d *fileDoc) chunks() int64 {
	n := (d.Size + ChunkSize - 1) / ChunkSize
	if d.Key != "" {
		n = max(n, 1)
	}
	return n
}

// NewFiles gives the files of an engine, sealed by these keys. Call Sweep once at start.
func NewFiles(e Engine, keys *Keys) *Files {
	// Shape 2 names the key; a file of shape 1 has none, and is in clear.
	unchanged := func(body bson.Raw) (bson.Raw, error) { return body, nil }
	return &Files{engine: e, docs: NewCollection[fileDoc](e, ownSchema(fileCollection), unchanged), keys: keys}
}

// In gives the files of one tenant.
func (f *Files) In(t Tenant) ScopedFiles { return ScopedFiles{files: f, tenant: t} }

// ScopedFiles is the files of one tenant.
type ScopedFiles struct {
	files  *Files
	tenant Tenant
}

// Create stores what r gives, to its end, and answers its description. More than limit bytes:
// fault.TooLarge("store.file-too-large"), found while counting; without a master key fault.Unavailable("vault.no-master"):
// nothing is kept in clear. Whatever fails, r included, nothing is left.
func (s ScopedFiles) Create(ctx context.Context, name, mediaType string, r io.Reader, limit int64) (File, error) {
	seal, err := s.files.keys.Sealing(ctx, s.tenant)
	if err != nil {
		return File{}, fmt.Errorf("storing file %s: %w", name, err)
	}
	now := time.Now().UTC().Truncate(time.Millisecond)
	doc := &fileDoc{Name: name, MediaType: mediaType, Created: now, Unfinished: &now, Key: seal.KeyID()}
	if err := s.docs().Insert(ctx, doc); err != nil {
		return File{}, err
	}
	err = s.fill(ctx, doc, seal, r, limit)
	if err == nil {
		doc.Unfinished = nil
		err = s.docs().Replace(ctx, doc)
	}
	if err == nil {
		return doc.file(), nil
	}
	cleanup, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTime)
	defer cancel()
	return File{}, errors.Join(err, s.remove(cleanup, doc.ID, doc.Size))
}

func (s ScopedFiles) docs() Scoped[fileDoc] { return s.files.docs.In(s.tenant) }

// fill stores the chunks and notes their size and digest in the document.
func (s ScopedFiles) fill(ctx context.Context, doc *fileDoc, seal *vault.Seal, r io.Reader, limit int64) error {
	var (
		sum   = sha256.New()
		chunk = newChunkBuffer(doc.ID, seal)
		ahead = bufio.NewReader(r) // tells the last chunk before it is sealed; whole chunks go past its buffer
	)
	for number := int64(0); ; number++ {
		n, err := io.ReadFull(ahead, chunk.clear)
		if err == nil {
			_, err = ahead.Peek(1)
		}
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return fmt.Errorf("storing file %s: reading it: %w", doc.ID, err)
		}
		if doc.Size+int64(n) > limit {
			return fault.NewTooLarge("store.file-too-large", "name", doc.Name, "limit", limit)
		}
		_, _ = sum.Write(chunk.clear[:n]) // a hash never fails
		if err := s.files.engine.Insert(ctx, chunkCollection, chunk.record(s.tenant, number, n, last)); err != nil {
			return fmt.Errorf("storing file %s: chunk %d: %w", doc.ID, number, err)
		}
		doc.Size += int64(n)
		if last {
			doc.SHA256 = hex.EncodeToString(sum.Sum(nil))
			return nil
		}
	}
}

// Stat describes a file. fault.NotFound when this tenant has none of that id.
func (s ScopedFiles) Stat(ctx context.Context, id string) (File, error) {
	doc, err := s.finished(ctx, id)
	if err != nil {
		return File{}, err
	}
	return doc.file(), nil
}

func (s ScopedFiles) finished(ctx context.Context, id string) (*fileDoc, error) {
	doc, err := s.docs().Get(ctx, id)
	if err == nil && doc.Unfinished != nil {
		return nil, explain("reading", fileCollection, id, ErrNotFound)
	}
	return doc, err
}

// Open reads a file, chunk by chunk. fault.NotFound when this tenant has none of that id; those of Keys.Opening when its key
// is not there. Read answers fault.Unavailable("store.file-damaged") in the place of bytes that are not those stored there,
// and in the place of io.EOF when some are missing.
func (s ScopedFiles) Open(ctx context.Context, id string) (io.ReadCloser, File, error) {
	doc, err := s.finished(ctx, id)
	if err != nil {
		return nil, File{}, err
	}
	reader := &fileReader{ctx: ctx, files: s, doc: doc, sum: sha256.New()}
	if doc.Key != "" {
		if reader.seal, err = s.files.keys.Opening(ctx, s.tenant, doc.Key); err != nil {
			return nil, File{}, fmt.Errorf("reading file %s: %w", id, err)
		}
	}
	return reader, doc.file(), nil
}

// Delete removes a file. fault.NotFound when this tenant has none of that id. Killed half-way, the file is gone
// and its remains are swept.
func (s ScopedFiles) Delete(ctx context.Context, id string) error {
	doc, err := s.finished(ctx, id)
	if err != nil {
		return err
	}
	now := time.Now().UTC()
	doc.Unfinished = &now
	if err := s.docs().Replace(ctx, doc); err != nil {
		return err
	}
	return s.remove(ctx, id, doc.Size)
}

// remove takes away the chunks of a file of at most size bytes and one chunk, then its document.
func (s ScopedFiles) remove(ctx context.Context, id string, size int64) error {
	ids := make([]string, 0, size/ChunkSize+2)
	for number := range size/ChunkSize + 2 {
		ids = append(ids, chunkID(id, number))
	}
	if err := s.files.engine.DeleteMany(ctx, chunkCollection, s.tenant, ids); err != nil {
		return fmt.Errorf("removing file %s: %w", id, err)
	}
	err := s.docs().Delete(ctx, id, 0)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// Sweep removes what killed uploads and deletions left, and tells how many files that was. Call it once at start,
// before serving: on a store that this process alone writes to, whatever is unfinished is swept; on one that is
// shared, what has been so for a day.
func (f *Files) Sweep(ctx context.Context) (int, error) {
	before := time.Now()
	if !f.engine.Exclusive() {
		before = before.Add(-staleAfter)
	} else {
		before = before.Add(staleAfter) // clocks may have been set back
	}
	for swept := 0; ; {
		page, err := f.docs.AcrossTenants(ctx, Query{Index: "unfinished", To: before, Limit: maxLimit})
		if err != nil || len(page.Items) == 0 {
			return swept, err
		}
		for _, doc := range page.Items {
			if err := f.sweep(ctx, doc); err != nil {
				return swept, err
			}
			swept++
		}
	}
}

func (f *Files) sweep(ctx context.Context, doc *fileDoc) error {
	files, size := f.In(doc.Tenant()), doc.Size
	if size == 0 { // an upload: nobody noted how far it came
		span := chunkSpan(doc.Tenant(), doc.ID)
		chunks, err := f.engine.Count(ctx, span)
		if err != nil {
			return fmt.Errorf("sweeping file %s: %w", doc.ID, err)
		}
		size = chunks * ChunkSize
	}
	return files.remove(ctx, doc.ID, size)
}
