package store

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/garant-sante/garant/internal/fault"
)

// chunkID names a chunk so that those of a file are neighbours, in order.
func chunkID(file string, number int64) string { return fmt.Sprintf("%s.%08d", file, number) }

// chunkSpan is all chunks of a file: '/' comes right after '.'.
func chunkSpan(t Tenant, file string) Span {
	return Span{Collection: chunkCollection, Tenant: t, From: file + ".", To: file + "/"}
}

// chunkBuffer holds the body of one chunk, written in place around the bytes of the file:
//
//	{_id: string, v: int32, d: binary}
type chunkBuffer struct {
	file string
	body []byte
	head int // bytes before the file's
}

func newChunkBuffer(file string) *chunkBuffer {
	head := len(appendChunkHead(nil, chunkID(file, 0), 0))
	return &chunkBuffer{file: file, body: make([]byte, head+ChunkSize+1), head: head}
}

// data is where the bytes of the file go.
func (c *chunkBuffer) data() []byte { return c.body[c.head : c.head+ChunkSize] }

// record gives the chunk of that number, whose n bytes are in data. It is good until data is written again.
func (c *chunkBuffer) record(t Tenant, number int64, n int) Record {
	id := chunkID(c.file, number)
	appendChunkHead(c.body[:0], id, n)
	end := c.head + n + 1
	c.body[end-1] = 0
	return Record{Tenant: t, ID: id, Version: 1, Body: c.body[:end]}
}

func appendChunkHead(b []byte, id string, n int) []byte {
	start := len(b)
	b = append(b, 0, 0, 0, 0, byte(bson.TypeString))
	b = append(b, "_id\x00"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(id)+1))
	b = append(b, id...)
	b = append(b, 0, byte(bson.TypeInt32))
	b = append(b, "v\x00\x01\x00\x00\x00"...)
	b = append(b, byte(bson.TypeBinary))
	b = append(b, "d\x00"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(n))
	b = append(b, bson.TypeBinaryGeneric)
	binary.LittleEndian.PutUint32(b[start:], uint32(len(b)-start+n+1))
	return b
}

// fileReader reads a file one chunk ahead of its caller.
type fileReader struct {
	ctx   context.Context // of the request that opened it
	files ScopedFiles
	file  File
	next  int64 // number of the next chunk
	read  int64 // bytes of the chunks so far
	chunk []byte
	left  []byte // of chunk, not yet given
	sum   hash.Hash
	err   error
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

// advance reads the next chunk; at the end it compares the digest and answers io.EOF.
func (r *fileReader) advance() error {
	damaged := fault.NewUnavailable("store.file-damaged", "id", r.file.ID, "name", r.file.Name)
	if r.read == r.file.Size {
		if hex.EncodeToString(r.sum.Sum(nil)) != r.file.SHA256 {
			return damaged
		}
		return io.EOF
	}
	id, found := chunkID(r.file.ID, r.next), false
	err := r.files.files.engine.Get(r.ctx, chunkCollection, r.files.tenant, []string{id}, func(rec Record) error {
		_, data, ok := rec.Body.Lookup("d").BinaryOK()
		found = ok && len(data) > 0
		r.chunk = append(r.chunk[:0], data...)
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading file %s: chunk %d: %w", r.file.ID, r.next, err)
	}
	if !found {
		return damaged
	}
	_, _ = r.sum.Write(r.chunk) // a hash never fails
	r.left = r.chunk
	r.next++
	r.read += int64(len(r.chunk))
	return nil
}

// Close implements io.Closer. A reader closed reads no more.
func (r *fileReader) Close() error {
	r.left, r.chunk, r.err = nil, nil, io.ErrClosedPipe
	return nil
}
