package frontend

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"
)

//go:embed all:dist
var dist embed.FS

// AssetPrefix is the address under which assets are served.
const AssetPrefix = "/assets/"

// AssetCache is what an asset's Cache-Control says: its name changes with its content, so it never has to be asked
// for again.
const AssetCache = "public, max-age=31536000, immutable"

// AssetSet is the built stylesheet, script, font and drawings. It does not change once read.
type AssetSet struct {
	names map[string]string // "app.css" → "app-9a43b2dbdf.css"
	files map[string]Asset  // by hashed name
}

// Asset is one built file, with its compressed forms where the build made them.
type Asset struct {
	Type   string // media type
	ETag   string // quoted, from the hashed name
	Body   []byte
	Brotli []byte // nil when there is none
	Gzip   []byte // nil when there is none
}

// Assets gives the assets embedded in the program.
var Assets = sync.OnceValue(func() *AssetSet {
	set, err := readAssets(dist)
	if err != nil {
		panic(fmt.Sprintf("embedded assets: %v", err)) // the build is broken: no page could be shown
	}
	return set
})

// Path gives the address of an asset by its plain name: "app.css" → "/assets/app-9a43b2dbdf.css". A name that the
// build did not make keeps its plain name, which answers 404.
func (s *AssetSet) Path(name string) string {
	if hashed, ok := s.names[name]; ok {
		name = hashed
	}
	return AssetPrefix + name
}

// Find gives the asset at a hashed name, the address without AssetPrefix.
func (s *AssetSet) Find(name string) (Asset, bool) {
	a, ok := s.files[name]
	return a, ok
}

// Built tells whether the program holds assets: false when `npm run build` never ran before it was compiled.
func (s *AssetSet) Built() bool { return len(s.files) > 0 }

// Encoded gives the bytes to send to a client that accepts these encodings (its Accept-Encoding header), and the
// Content-Encoding, empty for none. Answers vary by that header.
func (a Asset) Encoded(accepts string) (body []byte, encoding string) {
	switch {
	case a.Brotli != nil && accepted(accepts, "br"):
		return a.Brotli, "br"
	case a.Gzip != nil && accepted(accepts, "gzip"):
		return a.Gzip, "gzip"
	}
	return a.Body, ""
}

// accepted tells whether an Accept-Encoding header names an encoding without refusing it (RFC 9110, 12.5.3).
func accepted(header, encoding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, parameters, _ := strings.Cut(part, ";")
		if strings.EqualFold(strings.TrimSpace(name), encoding) {
			q := strings.ReplaceAll(parameters, " ", "")
			return q != "q=0" && q != "q=0.0" && q != "q=0.00" && q != "q=0.000"
		}
	}
	return false
}

func readAssets(files fs.FS) (*AssetSet, error) {
	set := &AssetSet{names: map[string]string{}, files: map[string]Asset{}}
	manifest, err := fs.ReadFile(files, "dist/manifest.json")
	if err != nil {
		return set, nil // not built yet: pages still render, without looks
	}
	if err := json.Unmarshal(manifest, &set.names); err != nil {
		return nil, fmt.Errorf("read manifest.json: %w", err)
	}
	for _, hashed := range set.names {
		a := Asset{Type: mediaType(hashed), ETag: `"` + hashed + `"`}
		if a.Body, err = fs.ReadFile(files, "dist/"+hashed); err != nil {
			return nil, fmt.Errorf("read %s named by manifest.json: %w", hashed, err)
		}
		a.Brotli = smaller(files, hashed+".br", a.Body)
		a.Gzip = smaller(files, hashed+".gz", a.Body)
		set.files[hashed] = a
	}
	return set, nil
}

// smaller reads a compressed form, nil when there is none or it gains nothing.
func smaller(files fs.FS, name string, plain []byte) []byte {
	data, err := fs.ReadFile(files, "dist/"+name)
	if err != nil || len(data) >= len(plain) {
		return nil
	}
	return data
}

// mediaType is our own short list, because the system's differs from one machine to the next.
func mediaType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	}
	return "application/octet-stream"
}
