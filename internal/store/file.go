package store

import (
	"context"
	"io"
	"time"
)

// ChunkSize is how files are cut, in bytes.
const ChunkSize = 1 << 20

// File describes a stored file.
type File struct {
	ID        string
	Name      string
	MediaType string
	Size      int64  // bytes
	SHA256    string // of all bytes, hexadecimal
	Created   time.Time
}

// Files keeps files as chunks of 1 MiB, so that none is ever whole in memory.
type Files struct{ engine Engine }

// NewFiles gives the files of an engine. Call Sweep once at start.
func NewFiles(e Engine) *Files { return &Files{engine: e} }

// In gives the files of one tenant.
func (f *Files) In(t Tenant) ScopedFiles { return ScopedFiles{files: f, tenant: t} }

// ScopedFiles is the files of one tenant.
type ScopedFiles struct {
	files  *Files
	tenant Tenant
}

// Create stores what r gives.
func (s ScopedFiles) Create(ctx context.Context, name, mediaType string, r io.Reader, limit int64) (File, error) {
	panic("being written")
}

// Open reads a file.
func (s ScopedFiles) Open(ctx context.Context, id string) (io.ReadCloser, File, error) {
	panic("being written")
}

// Delete removes a file.
func (s ScopedFiles) Delete(ctx context.Context, id string) error { panic("being written") }

// Sweep removes what killed uploads and deletions left.
func (f *Files) Sweep(ctx context.Context) (int, error) { panic("being written") }
