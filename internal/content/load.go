package content

import (
	"fmt"
	"io/fs"
	"runtime"
	"sync"
)

// File is one file of a folder of texts, as it was read.
type File struct {
	Name string
	Data []byte
}

// Folder reads the files of a folder that the patterns name, pattern by pattern and in the order of their names, and gives
// each to decode, some at a time: decode changes nothing but what it returns. The results come back in the order of the files.
func Folder[T any](files fs.FS, decode func(File) T, patterns ...string) ([]File, []T, error) {
	var names []string
	for _, pattern := range patterns {
		found, err := fs.Glob(files, pattern)
		if err != nil {
			return nil, nil, fmt.Errorf("list the files: %w", err)
		}
		names = append(names, found...)
	}
	read := make([]File, len(names))
	for i, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, nil, err
		}
		read[i] = File{name, data}
	}
	decoded := make([]T, len(read))
	next := make(chan int)
	var working sync.WaitGroup
	for range min(len(read), runtime.GOMAXPROCS(0)) {
		working.Go(func() {
			for i := range next {
				decoded[i] = decode(read[i])
			}
		})
	}
	for i := range read {
		next <- i
	}
	close(next)
	working.Wait()
	return read, decoded, nil
}
