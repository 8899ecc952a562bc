package frontend

import (
	_ "embed"
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"github.com/garant-sante/garant/internal/content"
)

// flyerCSS is the look of the flyer as a file of its own: two sides of a sheet, whose colours are printed.
//
//go:embed flyer.css
var flyerCSS string

func flyerStyle() templ.Component {
	return written(func(b *strings.Builder) { b.WriteString("<style>\n" + flyerCSS + "</style>") })
}

// pictureURL writes a picture into the page itself, which then needs no other file.
func pictureURL(data []byte) string {
	return "data:" + http.DetectContentType(data) + ";base64," + base64.StdEncoding.EncodeToString(data)
}

func flyerText(runs []content.Run) templ.Component {
	return written(func(b *strings.Builder) { annexRuns(b, runs) })
}
