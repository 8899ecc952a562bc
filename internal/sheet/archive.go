package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/garant-sante/garant/internal/fault"
)

// MaxFile is the largest workbook that is read, in bytes.
const MaxFile = 10 << 20

// What a workbook given to us may weigh. Sizes written in a zip can lie: bytes are counted while inflating.
const (
	maxInflated  = 24 << 20 // all the parts that are read
	maxPart      = 8 << 20  // one part, which is held in memory
	maxParts     = 1000
	maxDirectory = 256 << 10 // the list of its parts
	maxRatio     = 100       // inflated to deflated, once a part is large enough to matter
	ratioFrom    = 1 << 20
)

// archive is a workbook opened for reading: its parts by name, in lower case since programs differ.
type archive struct {
	parts  map[string]*zip.File
	total  int64
	buffer bytes.Buffer
}

// openArchive opens the bytes of an .xlsx. What is none, and what is built to exhaust memory or time, is refused with words
// that say what it is.
func openArchive(data []byte) (*archive, error) {
	switch {
	case len(data) == 0:
		return nil, fault.NewInvalid("workbook.empty")
	case len(data) > MaxFile:
		return nil, fault.NewTooLarge("workbook.too-big", "limit", MaxFile>>20)
	case bytes.HasPrefix(data, []byte("\xD0\xCF\x11\xE0")):
		if bytes.Contains(data, wide("EncryptedPackage")) {
			return nil, fault.NewInvalid("workbook.encrypted")
		}
		return nil, fault.NewInvalid("workbook.old-format")
	case !bytes.HasPrefix(data, []byte("PK")):
		return nil, notZip(data)
	}
	if err := checkDirectory(data); err != nil {
		return nil, err
	}
	reader, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, fault.NewInvalid("workbook.incomplete").Because(err)
	}
	a := &archive{parts: make(map[string]*zip.File, len(reader.File))}
	return a, a.list(reader.File)
}

// wide is a text as old Office files write it.
func wide(text string) []byte {
	out := make([]byte, 0, 2*len(text))
	for _, b := range []byte(text) {
		out = append(out, b, 0)
	}
	return out
}

// notZip says what a file is that is no zip: a table of text, to open in a spreadsheet and save, or something else.
func notZip(data []byte) error {
	head := data[:min(len(data), 4096)]
	binary := bytes.HasPrefix(head, []byte("%PDF")) || bytes.IndexByte(head, 0) >= 0
	if !binary && bytes.ContainsAny(head, ";,\t") {
		return fault.NewInvalid("workbook.csv")
	}
	return fault.NewInvalid("workbook.not-zip")
}

// checkDirectory looks at the end record of the zip before its list of parts is read, so that a file that announces a
// million parts costs nothing.
func checkDirectory(data []byte) error {
	const size = 22
	incomplete := fault.NewInvalid("workbook.incomplete")
	tail := data[max(0, len(data)-size-1<<16):]
	at := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if at < 0 || len(tail)-at < size {
		return incomplete
	}
	record := tail[at:]
	parts := int64(binary.LittleEndian.Uint16(record[10:]))
	length := int64(binary.LittleEndian.Uint32(record[12:]))
	offset := int64(binary.LittleEndian.Uint32(record[16:]))
	end := int64(len(data) - len(tail) + at)
	if parts > maxParts || length > maxDirectory || end-offset > maxDirectory {
		return fault.NewInvalid("workbook.too-many-parts", "limit", maxParts)
	}
	if offset+length > end {
		return incomplete
	}
	return nil
}

func (a *archive) list(files []*zip.File) error {
	if len(files) > maxParts {
		return fault.NewInvalid("workbook.too-many-parts", "limit", maxParts)
	}
	for _, file := range files {
		name := strings.ToLower(strings.TrimPrefix(file.Name, "/"))
		if strings.HasSuffix(name, "/") {
			continue
		}
		if _, twice := a.parts[name]; twice {
			return fault.NewInvalid("workbook.duplicate-part", "name", shown(file.Name))
		}
		if file.Flags&1 != 0 {
			return fault.NewInvalid("workbook.encrypted")
		}
		a.parts[name] = file
	}
	return a.kind()
}

// kind refuses what is a zip and no workbook that can be read.
func (a *archive) kind() error {
	if _, ok := a.parts["mimetype"]; ok {
		return fault.NewInvalid("workbook.open-document")
	}
	for name := range a.parts {
		base := path.Base(name)
		switch {
		case strings.HasPrefix(base, "vbaproject"):
			return fault.NewInvalid("workbook.macros")
		case base == "workbook.bin":
			return fault.NewInvalid("workbook.binary")
		}
	}
	types, err := a.read("[content_types].xml")
	if err != nil {
		return err
	}
	if bytes.Contains(bytes.ToLower(types), []byte("macroenabled")) {
		return fault.NewInvalid("workbook.macros")
	}
	if !bytes.Contains(types, []byte("spreadsheetml")) {
		return fault.NewInvalid("workbook.not-workbook")
	}
	return nil
}

var errBomb = errors.New("inflates beyond what a workbook weighs")

// read inflates a part. Its bytes stand until the next part is read. A part that is missing is one that cannot be read.
func (a *archive) read(name string) ([]byte, error) {
	file, ok := a.parts[strings.ToLower(name)]
	if !ok {
		return nil, fault.NewInvalid("workbook.damaged", "part", shown(name))
	}
	a.buffer.Reset()
	err := errBomb
	if file.UncompressedSize64 <= maxPart {
		a.buffer.Grow(int(file.UncompressedSize64) + bytes.MinRead) // not copied as it grows
		err = a.inflate(file)
	}
	switch {
	case errors.Is(err, errBomb):
		return nil, fault.NewInvalid("workbook.bomb", "part", shown(name), "limit", maxPart>>20)
	case err != nil:
		return nil, fault.NewInvalid("workbook.damaged", "part", shown(name)).Because(err)
	}
	return a.buffer.Bytes(), nil
}

func (a *archive) inflate(file *zip.File) error {
	in, err := file.Open()
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // only read
	var size int64
	for {
		n, err := io.CopyN(&a.buffer, in, 64<<10)
		size += n
		a.total += n
		if size > maxPart || a.total > maxInflated || size > ratioFrom && size > maxRatio*int64(file.CompressedSize64) {
			return errBomb
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// shown makes a text taken from a file fit for a message: short, on one line, without what does not print.
func shown(text string) string {
	return cut(strings.Join(strings.Fields(clean(strings.ToValidUTF8(text, "?"))), " "), 80)
}
