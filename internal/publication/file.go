package publication

import (
	"fmt"

	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/questionnaire"
)

// Format is what the libraries are written as, by the ending of its files.
type Format string

// The formats.
const (
	AsWord  Format = "docx"
	AsExcel Format = "xlsx"
	AsJSON  Format = "json"
)

// Formats lists the formats, for reading first.
func Formats() []Format { return []Format{AsWord, AsExcel, AsJSON} }

// MediaType is how a browser is told of a file.
func (f Format) MediaType() string {
	switch f {
	case AsWord:
		return "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	case AsExcel:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "application/json"
}

// Write gives the libraries in a format; Word and Excel speak the printer's language, JSON both. It fails on a format that
// is none of Formats, and where a text does not fit into its place.
func Write(f Format, p locale.Printer, clauses *clause.Library, questions *questionnaire.Library) ([]byte, error) {
	switch f {
	case AsWord:
		return Word(p, clauses, questions)
	case AsExcel:
		return Excel(p, clauses, questions)
	case AsJSON:
		return JSON(clauses, questions)
	}
	return nil, fmt.Errorf("no format %q", f)
}
