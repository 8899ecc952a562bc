package store

import (
	"context"
	"errors"
	"fmt"
)

// SealClear seals the files that versions before the sealing stored in clear, and tells how many those were. Each chunk is
// sealed in its place, one at a time, and the file is marked last: files are read meanwhile, and what a kill cuts off is
// taken up at the next start. Without anything in clear it costs one look at an index. The faults are those of Keys.Sealing.
func (f *Files) SealClear(ctx context.Context) (int, error) {
	sealed := 0
	for next := (Query{Index: "key", Equal: []any{nil}}); ; {
		page, err := f.docs.AcrossTenants(ctx, next)
		if err != nil {
			return sealed, err
		}
		for _, doc := range page.Items {
			done, err := f.sealClear(ctx, doc)
			if err != nil {
				return sealed, fmt.Errorf("sealing file %s: %w", doc.ID, err)
			}
			if done {
				sealed++
			}
		}
		if next.Cursor = page.Next; next.Cursor == "" {
			return sealed, nil
		}
	}
}

// sealClear seals one file; false when it is being stored or removed, or another process was first.
func (f *Files) sealClear(ctx context.Context, doc *fileDoc) (bool, error) {
	if doc.Unfinished != nil {
		return false, nil
	}
	seal, err := f.keys.Sealing(ctx, doc.tenant)
	if err != nil {
		return false, err
	}
	doc.Key = seal.KeyID()
	chunk := newChunkBuffer(doc.ID, seal)
	for number := range doc.chunks() {
		there, err := f.sealChunk(ctx, doc, chunk, number)
		if !there || err != nil {
			return false, err
		}
	}
	err = f.docs.In(doc.tenant).Replace(ctx, doc)
	if errors.Is(err, ErrChanged) || errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// sealChunk seals one chunk where it is; false when it is gone.
func (f *Files) sealChunk(ctx context.Context, doc *fileDoc, chunk *chunkBuffer, number int64) (there bool, err error) {
	var version int64
	var plain []byte
	sealed := false
	err = f.engine.Get(ctx, chunkCollection, doc.tenant, []string{chunkID(doc.ID, number)}, func(r Record) error {
		data, _ := binaryOf(r.Body, clearField)
		version, plain = r.Version, chunk.clear[:copy(chunk.clear, data)]
		_, sealed = binaryOf(r.Body, sealedField)
		return nil
	})
	if err != nil || sealed {
		return err == nil, err
	}
	record := chunk.record(doc.tenant, number, len(plain), number == doc.chunks()-1)
	if doc.Size == 0 { // an empty file in clear had no chunk
		if err = f.engine.Insert(ctx, chunkCollection, record); errors.Is(err, ErrExists) {
			err = nil
		}
		return err == nil, err
	}
	record.Version = version + 1
	switch err = f.engine.Replace(ctx, chunkCollection, record); {
	case errors.Is(err, ErrNotFound):
		return false, nil
	case errors.Is(err, ErrChanged): // sealed by another process
		err = nil
	}
	return err == nil, err
}
