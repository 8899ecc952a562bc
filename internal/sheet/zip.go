package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/flate"
)

// parts is how excelize writes a file: it gives parts in an order of chance, and compresses one after the other. Here they
// are put in order, so that the same workbook gives the same bytes, and compressed side by side.
type parts struct {
	out   io.Writer
	parts []*part
}

type part struct {
	name   string
	data   bytes.Buffer
	packed bytes.Buffer
	err    error
}

// Create takes the bytes of a part.
func (p *parts) Create(name string) (io.Writer, error) {
	added := &part{name: name}
	p.parts = append(p.parts, added)
	return &added.data, nil
}

// AddFS is never called: workbooks are made of single parts.
func (p *parts) AddFS(fs.FS) error { return errors.ErrUnsupported }

// contentTypes comes first, where readers that look at the beginning of a file expect it.
const contentTypes = "[Content_Types].xml"

// Close writes the file.
func (p *parts) Close() error {
	slices.SortFunc(p.parts, func(a, b *part) int {
		if (a.name == contentTypes) != (b.name == contentTypes) {
			if a.name == contentTypes {
				return -1
			}
			return 1
		}
		return strings.Compare(a.name, b.name)
	})
	p.pack()
	archive := zip.NewWriter(p.out)
	for _, part := range p.parts {
		if err := part.write(archive); err != nil {
			return fmt.Errorf("write the part %s: %w", part.name, err)
		}
	}
	return archive.Close()
}

// level of compression: two parts in a hundred larger than the usual one, in half the time.
const level = 3

// pack compresses the parts, as many at once as there are processors.
func (p *parts) pack() {
	waiting := make(chan *part)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(p.parts)) {
		workers.Go(func() {
			deflate, err := flate.NewWriter(io.Discard, level)
			for part := range waiting {
				if part.err = err; err == nil {
					part.pack(deflate)
				}
			}
		})
	}
	for _, part := range p.parts {
		waiting <- part
	}
	close(waiting)
	workers.Wait()
}

// prefixed names the elements of the core properties by the prefix that every other program uses. Excelize writes them without
// one, and exceljs refuses the whole file for it. No text holds a < of its own.
var prefixed = strings.NewReplacer("<coreProperties xmlns=", "<cp:coreProperties xmlns:cp=", "</coreProperties>", "</cp:coreProperties>",
	"<lastModifiedBy>", "<cp:lastModifiedBy>", "</lastModifiedBy>", "</cp:lastModifiedBy>")

func (p *part) pack(deflate *flate.Writer) {
	if p.name == "docProps/core.xml" {
		text := prefixed.Replace(p.data.String())
		p.data.Reset()
		p.data.WriteString(text)
	}
	deflate.Reset(&p.packed)
	_, err := deflate.Write(p.data.Bytes())
	p.err = errors.Join(err, deflate.Close())
}

// firstDay is 1 January 1980, the first that a zip can tell: no time of ours makes two files differ.
const firstDay = 1<<5 | 1

func (p *part) write(archive *zip.Writer) error {
	if p.err != nil {
		return p.err
	}
	header := &zip.FileHeader{
		Name: p.name, Method: zip.Deflate, CRC32: crc32.ChecksumIEEE(p.data.Bytes()),
		UncompressedSize64: uint64(p.data.Len()), CompressedSize64: uint64(p.packed.Len()),
	}
	header.ModifiedDate = firstDay //lint:ignore SA1019 CreateRaw writes this one, not Modified
	w, err := archive.CreateRaw(header)
	if err != nil {
		return err
	}
	_, err = w.Write(p.packed.Bytes())
	return err
}
