package main

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/garant-sante/garant/internal/fault"
)

// standard names the standard input or output in the place of a file.
const standard = "-"

// maxWord is the largest Word file that is read, in bytes: one with pictures is larger than any other input.
const maxWord = 10 << 20

// read gives the bytes of a file, or of the standard input for "-". It stops one byte after the limit, so that a file
// above it is seen to be so without being read whole; whoever reads the bytes refuses them.
func (p *program) read(path string, limit int64) ([]byte, error) {
	source, size := p.in, int64(0)
	if path != standard {
		file, err := os.Open(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fault.Problems{{File: path, Key: "cli.no-file"}}
		}
		if err != nil {
			return nil, failed("cli.failed.read", path, err)
		}
		defer func() { _ = file.Close() }() // nothing was written
		if info, err := file.Stat(); err == nil {
			if info.IsDir() {
				return nil, fault.Problems{{File: path, Key: "cli.is-folder"}}
			}
			size = info.Size()
		}
		source = file
	}
	var data bytes.Buffer
	data.Grow(int(min(size, limit)) + bytes.MinRead) // a large file is not copied as it grows
	if _, err := data.ReadFrom(io.LimitReader(source, limit+1)); err != nil {
		return nil, failed("cli.failed.read", path, err)
	}
	return data.Bytes(), nil
}

// write puts the bytes into a file, or on the standard output for "-". The file is written beside and renamed: it is
// there whole or not at all, and one that was there before stays until then.
func (p *program) write(path string, data []byte) error {
	err := p.stream(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
	if err != nil {
		return failed("cli.failed.write", path, err)
	}
	return nil
}

// stream is write for what is too long to be held: fill gives the bytes as they come. Its error leaves no file behind and
// is returned as it is.
func (p *program) stream(path string, fill func(io.Writer) error) error {
	if path == standard {
		return fill(p.out)
	}
	return replaceFile(path, fill)
}

func replaceFile(path string, fill func(io.Writer) error) error {
	mode := fs.FileMode(0o644)
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target // the file behind a link is replaced, not the link
	}
	if info, err := os.Stat(path); err == nil {
		if !info.Mode().IsRegular() {
			return overwrite(path, fill) // a device or a pipe takes bytes and must not be replaced
		}
		mode = info.Mode().Perm()
	}
	beside := filepath.Join(filepath.Dir(path), ".garant-"+rand.Text()+".tmp")
	if err := create(beside, fill, mode); err != nil {
		return errors.Join(err, ignoreMissing(os.Remove(beside)))
	}
	if err := os.Rename(beside, path); err != nil {
		return errors.Join(err, os.Remove(beside))
	}
	syncFolder(filepath.Dir(path))
	return nil
}

func create(path string, fill func(io.Writer) error, mode fs.FileMode) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	if err := fill(file); err != nil {
		return errors.Join(err, file.Close())
	}
	if err := file.Sync(); err != nil {
		return errors.Join(err, file.Close())
	}
	return file.Close()
}

func overwrite(path string, fill func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(fill(file), file.Close())
}

// syncFolder makes the new name last. Not every system can, and the file is whole either way.
func syncFolder(path string) {
	if folder, err := os.Open(path); err == nil {
		_ = folder.Sync()
		_ = folder.Close()
	}
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// same tells whether two names are those of one existing file.
func same(a, b string) bool {
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}
