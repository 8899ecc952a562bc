package store

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strconv"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/vault"
)

// chunkID names a chunk so that those of a file are neighbours, in order.
func chunkID(file string, number int64) string { return fmt.Sprintf("%s.%08d", file, number) }

// chunkSpan is all chunks of a file: '/' comes right after '.'.
func chunkSpan(t Tenant, file string) Span {
	return Span{Collection: chunkCollection, Tenant: t, From: file + ".", To: file + "/"}
}

// The fields that hold the bytes of a chunk.
const (
	sealedField = "s" // as vault.Seal makes them
	clearField  = "d" // as they are: chunks of shape 1
)

// chunkSubject is what a sealed chunk is bound to beside its tenant, so that none can be moved to another place or file, and
// no file be cut or joined, without being found damaged.
func chunkSubject(file string, number int64, last bool) []string {
	place := "more follow"
	if last {
		place = "last"
	}
	return []string{"chunk of a file", file, strconv.FormatInt(number, 10), place}
}

// chunkBuffer holds one chunk in clear, and the body of its record, which it is sealed into:
//
//	{_id: string, v: int32, s: binary}
type chunkBuffer struct {
	file  string
	seal  *vault.Seal
	clear []byte
	body  []byte
}

func newChunkBuffer(file string, seal *vault.Seal) *chunkBuffer {
	head := len(appendChunkHead(nil, chunkID(file, 0), 0))
	return &chunkBuffer{file: file, seal: seal, clear: make([]byte, ChunkSize), body: make([]byte, 0, head+vault.Overhead+ChunkSize+1)}
}

// record gives the chunk of that number, whose n bytes are in clear. It is good until the next one is asked for.
func (c *chunkBuffer) record(t Tenant, number int64, n int, last bool) Record {
	id := chunkID(c.file, number)
	body := appendChunkHead(c.body, id, n+vault.Overhead)
	body = c.seal.Append(body, c.clear[:n], chunkSubject(c.file, number, last)...)
	return Record{Tenant: t, ID: id, Version: 1, Body: append(body, 0)}
}

func appendChunkHead(b []byte, id string, n int) []byte {
	start := len(b)
	b = append(b, 0, 0, 0, 0, byte(bson.TypeString))
	b = append(b, "_id\x00"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(id)+1))
	b = append(b, id...)
	b = append(b, 0, byte(bson.TypeInt32))
	b = append(b, "v\x00\x02\x00\x00\x00"...)
	b = append(b, byte(bson.TypeBinary))
	b = append(b, sealedField+"\x00"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(n))
	b = append(b, bson.TypeBinaryGeneric)
	binary.LittleEndian.PutUint32(b[start:], uint32(len(b)-start+n+1))
	return b
}

// fileReader reads a file one chunk ahead of its caller.
type fileReader struct {
	ctx   context.Context // of the request that opened it
	files ScopedFiles
	doc   *fileDoc
	seal  *vault.Seal // nil: of a file in clear, until a chunk that was sealed since
	next  int64       // number of the next chunk
	read  int64       // bytes of the chunks so far
	chunk []byte
	left  []byte // of chunk, not yet given
	// sealed is the key that the chunk just read is sealed by, while there is no seal to open it.
	sealed string
	sum    hash.Hash
	err    error
}

// Read implements io.Reader.
func (r *fileReader) Read(p []byte) (int, error) {
	if err := r.ready(); err != nil {
		return 0, err
	}
	n := copy(p, r.left)
	r.left = r.left[n:]
	return n, nil
}

// WriteTo implements io.WriterTo, so that io.Copy writes whole chunks.
func (r *fileReader) WriteTo(w io.Writer) (written int64, _ error) {
	for {
		switch err := r.ready(); {
		case errors.Is(err, io.EOF):
			return written, nil
		case err != nil:
			return written, err
		}
		n, err := w.Write(r.left)
		written += int64(n)
		r.left = r.left[n:]
		if err != nil {
			return written, err
		}
	}
}

// ready sees to it that something is left to give.
func (r *fileReader) ready() error {
	for len(r.left) == 0 {
		if r.err == nil {
			r.err = r.advance()
		}
		if r.err != nil {
			return r.err
		}
	}
	return nil
}

// advance reads the next chunk; at the end it compares size and digest, and answers io.EOF.
func (r *fileReader) advance() error {
	if r.next == r.doc.chunks() {
		if r.read != r.doc.Size || hex.EncodeToString(r.sum.Sum(nil)) != r.doc.SHA256 {
			return r.damaged(nil)
		}
		return io.EOF
	}
	err := r.fetch()
	if err == nil && r.sealed != "" { // a file in clear, of which this chunk was sealed since
		if r.seal, err = r.files.files.keys.Opening(r.ctx, r.files.tenant, r.sealed); err == nil {
			err = r.fetch()
		}
	}
	if err != nil {
		return fmt.Errorf("reading file %s: chunk %d: %w", r.doc.ID, r.next, err)
	}
	_, _ = r.sum.Write(r.chunk) // a hash never fails
	r.left = r.chunk
	r.next++
	r.read += int64(len(r.chunk))
	return nil
}

func (r *fileReader) damaged(cause error) error {
	return fault.NewUnavailable("store.file-damaged", "id", r.doc.ID, "name", r.doc.Name).Because(cause)
}

// fetch reads the next chunk into r.chunk; r.sealed names the key that it waits for, if any.
func (r *fileReader) fetch() error {
	found := false
	err := r.files.files.engine.Get(r.ctx, chunkCollection, r.files.tenant, []string{chunkID(r.doc.ID, r.next)}, func(rec Record) (err error) {
		found = true
		r.chunk, err = r.open(r.chunk[:0], rec.Body)
		return err
	})
	if err == nil && !found {
		return r.damaged(nil)
	}
	return err
}

// open appends the bytes of a chunk to dst. What is in clear is taken of a file in clear alone.
func (r *fileReader) open(dst []byte, body bson.Raw) ([]byte, error) {
	r.sealed = ""
	if plain, ok := binaryOf(body, clearField); ok && r.doc.Key == "" {
		return append(dst, plain...), nil
	}
	sealed, ok := binaryOf(body, sealedField)
	if !ok {
		return dst, r.damaged(nil)
	}
	if r.seal == nil {
		r.sealed = vault.SealedBy(sealed)
		return dst, nil
	}
	opened, err := r.seal.AppendOpened(dst, sealed, chunkSubject(r.doc.ID, r.next, r.next == r.doc.chunks()-1)...)
	if err != nil {
		return dst, r.damaged(err)
	}
	return opened, nil
}

func binaryOf(body bson.Raw, field string) ([]byte, bool) {
	_, data, ok := body.Lookup(field).BinaryOK()
	return data, ok
}

// Close implements io.Closer. A reader closed reads no more.
func (r *fileReader) Close() error {
	r.left, r.chunk, r.err = nil, nil, io.ErrClosedPipe
	return nil
}
