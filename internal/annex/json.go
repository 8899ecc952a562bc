package annex

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/garant-sante/garant/internal/clause"
)

// The JSON of `garant annex --format json`: a contract with programs around Garant (see docs/command-line.md).
type jsonAnnex struct {
	Tier        int           `json:"tier"`
	Severity    int           `json:"severity"`
	Exposure    int           `json:"exposure"`
	Reasons     []string      `json:"reasons"`
	Articles    []jsonArticle `json:"articles"`
	Removed     []Removal     `json:"removed"`
	Added       []string      `json:"added"`
	Warnings    []Warning     `json:"warnings"`
	Fingerprint string        `json:"fingerprint"`
}

type jsonArticle struct {
	Number     string               `json:"number"`
	ID         string               `json:"id"`
	Version    int                  `json:"version"`
	Title      string               `json:"title"`
	Text       string               `json:"text"`
	Values     map[string]jsonValue `json:"values"`
	Evidence   string               `json:"evidence"`
	References []string             `json:"references"`
}

type jsonValue struct {
	Value   any    `json:"value"` // a number for what is counted, text otherwise
	Printed string `json:"printed"`
}

// JSON writes the annex for programs.
func (d *Document) JSON() ([]byte, error) {
	out := jsonAnnex{
		Tier: int(d.Rating.Tier), Severity: d.Rating.Severity, Exposure: d.Rating.Exposure, Reasons: d.Reasons,
		Articles: []jsonArticle{}, Removed: []Removal{}, Added: append([]string{}, d.Added...),
		Warnings: append([]Warning{}, d.Warnings...), Fingerprint: d.Fingerprint,
	}
	for _, r := range d.Removed {
		out.Removed = append(out.Removed, Removal{r.ID, r.Reason})
	}
	for _, c := range d.Chapters {
		for _, a := range c.Articles {
			out.Articles = append(out.Articles, a.json())
		}
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(out); err != nil {
		return nil, fmt.Errorf("write the annex as JSON: %w", err)
	}
	return b.Bytes(), nil
}

func (a Article) json() jsonArticle {
	out := jsonArticle{
		Number: a.Number, ID: a.ID, Version: a.Version, Title: a.Title, Text: a.Text, Evidence: a.Evidence,
		Values: map[string]jsonValue{}, References: []string{},
	}
	for _, v := range a.Values {
		out.Values[v.Variable.Name] = jsonValue{jsonOf(v.Variable, v.Value), v.Printed}
	}
	for _, r := range a.References {
		out.References = append(out.References, r.ID)
	}
	return out
}

func jsonOf(v *clause.Variable, value string) any {
	if v.Type.IsNumeric() && value != "" {
		return json.Number(value)
	}
	return value
}
