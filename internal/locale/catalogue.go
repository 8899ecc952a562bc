package locale

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"github.com/goccy/go-yaml"
)

//go:embed fr/*.yaml en/*.yaml
var embedded embed.FS

// Catalogue holds every message in every language. It does not change once loaded and serves any number of
// goroutines.
type Catalogue struct {
	languages map[Language]*table
}

// table is one language of the catalogue.
type table struct {
	language Language
	messages map[string]message
	origin   map[string]string // key → file, for duplicates and for tests
	plural   plurals
}

// Load reads the embedded messages. It fails on a file that is not flat YAML, a key given twice, a plural form that is
// missing or unknown, an empty text and a placeholder that is not {{.name}}; all of them are in the error, with
// their file.
func Load() (*Catalogue, error) { return load(embedded) }

func load(files fs.FS) (*Catalogue, error) {
	c := &Catalogue{languages: map[Language]*table{}}
	var wrong []error
	for _, l := range Languages() {
		t := &table{language: l, messages: map[string]message{}, origin: map[string]string{}}
		names, err := fs.Glob(files, path.Join(string(l), "*.yaml"))
		if err != nil {
			return nil, fmt.Errorf("list messages in %s: %w", l, err)
		}
		for _, name := range names {
			wrong = append(wrong, t.read(files, name)...)
		}
		if t.plural, err = newPlurals(l); err != nil {
			return nil, fmt.Errorf("plural rules of %s: %w", l, err)
		}
		c.languages[l] = t
	}
	if len(wrong) > 0 {
		return nil, errors.Join(wrong...)
	}
	return c, nil
}

// In gives the printer of one language; French for a language the product does not speak.
func (c *Catalogue) In(l Language) Printer {
	if t, ok := c.languages[l]; ok {
		return Printer{t}
	}
	return Printer{c.languages[French]}
}

// read adds one file's messages to the table and tells all that is wrong with it.
func (t *table) read(files fs.FS, name string) []error {
	data, err := fs.ReadFile(files, name)
	if err != nil {
		return []error{fmt.Errorf("read messages %s: %w", name, err)}
	}
	var entries yaml.MapSlice
	if err := yaml.UnmarshalWithOptions(data, &entries, yaml.UseOrderedMap()); err != nil {
		return []error{fmt.Errorf("%s: %w", name, err)}
	}
	var wrong []error
	for _, entry := range entries {
		key, ok := entry.Key.(string)
		if !ok {
			wrong = append(wrong, fmt.Errorf("%s: key %v is not text", name, entry.Key))
			continue
		}
		if first, taken := t.origin[key]; taken {
			wrong = append(wrong, fmt.Errorf("%s: key %s is already in %s", name, key, first))
			continue
		}
		t.origin[key] = name
		if t.messages[key], err = newMessage(t.language, entry.Value); err != nil {
			wrong = append(wrong, fmt.Errorf("%s: key %s: %w", name, key, err))
		}
	}
	return wrong
}

// keys lists the table's keys in order.
func (t *table) keys() []string {
	keys := make([]string, 0, len(t.messages))
	for key := range t.messages {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
