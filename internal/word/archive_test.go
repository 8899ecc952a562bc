package word

import (
	"archive/zip"
	"bytes"
	"io"
	"testing"
)

// rewrite gives a zip with each part renamed or changed by edit; an empty name leaves it out.
func rewrite(t testing.TB, data []byte, edit func(name, content string) (string, string)) []byte {
	t.Helper()
	reader, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var parts []part
	for _, file := range reader.File {
		in, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		if name, text := edit(file.Name, string(content)); name != "" {
			parts = append(parts, part{name, text})
		}
	}
	return pack(t, parts...)
}

// part is a part of a document made by a test.
type part struct{ name, content string }

func pack(t testing.TB, parts ...part) []byte {
	t.Helper()
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, p := range parts {
		if err := writePart(archive, p.name, []byte(p.content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// unpack gives the parts of a document by name.
func unpack(t testing.TB, data []byte) map[string]string {
	t.Helper()
	parts := make(map[string]string)
	rewrite(t, data, func(name, content string) (string, string) {
		parts[name] = content
		return name, content
	})
	return parts
}
