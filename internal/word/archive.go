package word

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

// What a document given to us may weigh. Sizes written in a zip can lie: bytes are counted while inflating.
const (
	maxFile      = 10 << 20 // the file itself
	maxInflated  = 48 << 20 // all its parts
	maxXML       = 12 << 20 // its XML parts, which are held in memory
	maxPart      = 24 << 20 // one part
	maxParts     = 1000
	maxDirectory = 256 << 10 // the list of its parts
	maxRatio     = 100       // inflated to deflated, once a part is large enough to matter
	ratioFrom    = 1 << 20
)

// archive is a document opened for reading: its parts in the order of the file, the XML ones inflated.
type archive struct {
	entries []*zip.File
	xml     map[string][]byte
}

// openArchive opens the bytes of a .docx, refusing what is no zip, what is built to exhaust memory or time, and
// names that reach outside. The keys of its faults begin with about: "template" or "document".
func openArchive(data []byte, about string) (*archive, error) {
	if len(data) > maxFile {
		return nil, fault.NewTooLarge(about+".too-big", "limit", maxFile>>20)
	}
	if bytes.HasPrefix(data, []byte("\xD0\xCF\x11\xE0")) {
		return nil, fault.NewInvalid(about + ".old-format")
	}
	if err := checkDirectory(data, about); err != nil {
		return nil, err
	}
	reader, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, fault.NewInvalid(about + ".not-zip").Because(err)
	}
	if err := checkEntries(reader.File, about); err != nil {
		return nil, err
	}
	a := &archive{xml: make(map[string][]byte, len(reader.File))}
	if err := a.inflate(reader.File, about); err != nil {
		return nil, err
	}
	return a, nil
}

// checkDirectory looks at the end record of the zip before its list of parts is read, so that a file that
// announces a million parts costs nothing.
func checkDirectory(data []byte, about string) error {
	const size = 22
	notZip := fault.NewInvalid(about + ".not-zip")
	if len(data) < size || !bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		return notZip
	}
	tail := data[max(0, len(data)-size-1<<16):]
	at := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if at < 0 || len(tail)-at < size {
		return notZip
	}
	record := tail[at:]
	parts := int64(binary.LittleEndian.Uint16(record[10:]))
	length := int64(binary.LittleEndian.Uint32(record[12:]))
	offset := int64(binary.LittleEndian.Uint32(record[16:]))
	end := int64(len(data) - len(tail) + at)
	if parts > maxParts || length > maxDirectory || end-offset > maxDirectory {
		return fault.NewInvalid(about+".too-many-parts", "limit", maxParts)
	}
	if offset+length != end {
		return notZip
	}
	return nil
}

func checkEntries(files []*zip.File, about string) error {
	if len(files) > maxParts {
		return fault.NewInvalid(about+".too-many-parts", "limit", maxParts)
	}
	seen := make(map[string]bool, len(files))
	for _, file := range files {
		name := file.Name
		if unsafeName(name) {
			return fault.NewInvalid(about+".unsafe-name", "name", shown(name))
		}
		key := strings.ToLower(strings.TrimSuffix(name, "/"))
		if seen[key] {
			return fault.NewInvalid(about+".duplicate-part", "name", shown(name))
		}
		seen[key] = true
		if file.Flags&1 != 0 || file.Method != zip.Store && file.Method != zip.Deflate {
			return fault.NewInvalid(about+".damaged", "part", shown(name))
		}
	}
	return nil
}

// unsafeName tells a part's name that points outside the document or that two programs could read differently.
func unsafeName(name string) bool {
	if name == "" || len(name) > 260 || !validChars([]byte(name)) || strings.ContainsAny(name, "\\:\r\n\t") {
		return true
	}
	clean := strings.TrimSuffix(name, "/")
	return path.IsAbs(clean) || path.Clean(clean) != clean || clean == "." || clean == ".." || strings.HasPrefix(clean, "../")
}

// inflate reads every part, keeps the XML ones, and counts.
func (a *archive) inflate(files []*zip.File, about string) error {
	buffer := make([]byte, 64<<10)
	var total, inMemory int64
	for _, file := range files {
		if strings.HasSuffix(file.Name, "/") {
			continue
		}
		var keep *bytes.Buffer
		if isXML(file.Name) {
			keep = bytes.NewBuffer(make([]byte, 0, min(file.UncompressedSize64, 1<<20)))
		}
		size, err := inflatePart(file, keep, buffer, &total, &inMemory)
		switch {
		case errors.Is(err, errBomb):
			return fault.NewInvalid(about+".bomb", "part", shown(file.Name), "limit", maxInflated>>20)
		case err != nil, uint64(size) != file.UncompressedSize64:
			return fault.NewInvalid(about+".damaged", "part", shown(file.Name)).Because(err)
		}
		a.entries = append(a.entries, file)
		if keep != nil {
			a.xml[file.Name] = keep.Bytes()
		}
	}
	return nil
}

var errBomb = errors.New("inflates beyond what a document weighs")

func inflatePart(file *zip.File, keep *bytes.Buffer, buffer []byte, total, inMemory *int64) (int64, error) {
	in, err := file.Open()
	if err != nil {
		return 0, err
	}
	defer in.Close()
	var size int64
	for {
		n, err := in.Read(buffer)
		size += int64(n)
		*total += int64(n)
		if keep != nil {
			*inMemory += int64(n)
		}
		ratio := size > ratioFrom && size > maxRatio*int64(file.CompressedSize64)
		if size > maxPart || *total > maxInflated || *inMemory > maxXML || ratio {
			return size, errBomb
		}
		if keep != nil {
			keep.Write(buffer[:n])
		}
		if err == io.EOF {
			return size, nil
		}
		if err != nil {
			return size, err
		}
	}
}

func isXML(name string) bool {
	name = strings.ToLower(name)
	return strings.HasSuffix(name, ".xml") || strings.HasSuffix(name, ".rels")
}

// shown makes a text taken from a file fit for a message: short, on one line, without what does not print.
func shown(text string) string {
	text = fold(strings.ToValidUTF8(text, "?"))
	if runes := []rune(text); len(runes) > 80 {
		return string(runes[:79]) + "…"
	}
	return text
}
