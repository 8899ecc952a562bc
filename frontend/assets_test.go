package frontend

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func built() fstest.MapFS {
	return fstest.MapFS{
		"dist/manifest.json": {Data: []byte(`{"app.css": "app-12.css", "dot.svg": "dot-34.svg"}`)},
		"dist/app-12.css":    {Data: []byte("a long stylesheet")},
		"dist/app-12.css.br": {Data: []byte("short")},
		"dist/app-12.css.gz": {Data: []byte("shorter")},
		"dist/dot-34.svg":    {Data: []byte("<svg/>")},
		"dist/dot-34.svg.br": {Data: []byte("longer than it was")},
	}
}

func TestAssetsAreFoundUnderTheNameOfTheirContent(t *testing.T) {
	t.Parallel()
	set, err := readAssets(built())
	if err != nil {
		t.Fatal(err)
	}
	paths := []string{set.Path("app.css"), set.Path("dot.svg"), set.Path("unknown.js")}
	if diff := cmp.Diff([]string{"/assets/app-12.css", "/assets/dot-34.svg", "/assets/unknown.js"}, paths); diff != "" {
		t.Error(diff)
	}
	css, _ := set.Find("app-12.css")
	want := Asset{
		Type: "text/css; charset=utf-8", ETag: `"app-12.css"`,
		Body: []byte("a long stylesheet"), Brotli: []byte("short"), Gzip: []byte("shorter"),
	}
	if diff := cmp.Diff(want, css); diff != "" {
		t.Error(diff)
	}
	if _, found := set.Find("app.css"); found {
		t.Error("an asset answers under its plain name, which would then be kept for a year")
	}
	if dot, _ := set.Find("dot-34.svg"); dot.Brotli != nil {
		t.Error("a compressed form that is longer than the file is kept")
	}
}

func TestAssetsThatWereNotBuiltLeaveThePagesWithoutLooks(t *testing.T) {
	t.Parallel()
	set, err := readAssets(fstest.MapFS{"dist/.keep": {}})
	if err != nil || set.Built() || set.Path("app.css") != "/assets/app.css" {
		t.Errorf("built %v, path %s, error %v", set.Built(), set.Path("app.css"), err)
	}
}

func TestAnAssetNamedByTheManifestMustBeThere(t *testing.T) {
	t.Parallel()
	files := built()
	delete(files, "dist/dot-34.svg")
	if _, err := readAssets(files); err == nil {
		t.Error("a build with a file missing is accepted")
	}
}

func TestEncodedSendsTheShortestFormTheClientAccepts(t *testing.T) {
	t.Parallel()
	full := Asset{Body: []byte("plain"), Brotli: []byte("br"), Gzip: []byte("gz")}
	cases := []struct{ accepts, encoding, body string }{
		{"", "", "plain"},
		{"gzip, deflate, br, zstd", "br", "br"},
		{"gzip;q=1.0, identity; q=0.5", "gzip", "gz"},
		{"br;q=0, gzip", "gzip", "gz"},
		{"GZIP", "gzip", "gz"},
		{"brotli", "", "plain"},
	}
	for _, c := range cases {
		if body, encoding := full.Encoded(c.accepts); string(body) != c.body || encoding != c.encoding {
			t.Errorf("%q: got %q as %q, want %q as %q", c.accepts, body, encoding, c.body, c.encoding)
		}
	}
	if body, encoding := (Asset{Body: []byte("plain")}).Encoded("br, gzip"); string(body) != "plain" || encoding != "" {
		t.Errorf("an asset without other forms is sent as %q, %q", body, encoding)
	}
}
