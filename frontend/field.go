package frontend

import (
	"errors"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
)

// Field is one thing a form asks. Texts are in the reader's language already. The id of its control is
// ID(), so that an error summary, a label and a test find it.
type Field struct {
	Name         string   // as the form sends it
	Label        string   // what is asked; the legend of a group
	Help         string   // one or two sentences under the label, or empty
	Error        string   // what is wrong and what to do, or empty
	Value        string   // as typed; the chosen option of a select or of choices
	Values       []string // the chosen options of a group of checkboxes
	Options      []Option // of a select, choices, checks
	Type         string   // of a text field: "text" when empty, "email", "password", "url", "tel", "search"
	Autocomplete string   // HTML autofill token, or empty
	Unit         string   // after a number: "jours"
	Width        string   // "number", "short", "medium" or empty for the whole column
	Rows         int      // of a text area; 4 when 0
	MaxLength    int      // characters, 0 for no limit of the browser's
	Accept       string   // of a file: ".docx"
	Optional     bool     // said beside the label; everything else is required
	Quiet        bool     // optional too, in a row where saying so each time would be noise
	Across       bool     // choices side by side where there is room
	Scope        string   // of a field that stands several times in a page: makes its ids its own
	HideLabel    bool     // the label is for screen readers only, where the place says it
	Disabled     bool
	Attrs        templ.Attributes // for the control: hx-…, data-…, autofocus
}

// Option is one answer a field offers.
type Option struct {
	Value string
	Label string
	Help  string // a sentence under the label of a choice
}

// ID is the id of the control; of its first option when it has several.
func (f Field) ID() string {
	if f.Scope != "" {
		return elementID(f.Name + "." + f.Scope)
	}
	return elementID(f.Name)
}

func (f Field) helpID() string  { return f.ID() + "-help" }
func (f Field) errorID() string { return f.ID() + "-error" }

// described gives aria-describedby and aria-invalid.
func (f Field) described() templ.Attributes {
	attrs := templ.Attributes{}
	var ids []string
	if f.Error != "" {
		ids = append(ids, f.errorID())
		attrs["aria-invalid"] = "true"
	}
	if f.Help != "" {
		ids = append(ids, f.helpID())
	}
	if len(ids) > 0 {
		attrs["aria-describedby"] = strings.Join(ids, " ")
	}
	return attrs
}

// control gives what every kind of control has.
func (f Field) control() templ.Attributes {
	attrs := f.described()
	attrs["id"] = f.ID()
	attrs["name"] = f.Name
	if f.Disabled {
		attrs["disabled"] = true
	}
	if f.Autocomplete != "" {
		attrs["autocomplete"] = f.Autocomplete
	}
	if f.MaxLength > 0 {
		attrs["maxlength"] = strconv.Itoa(f.MaxLength)
	}
	if f.Accept != "" {
		attrs["accept"] = f.Accept
	}
	for name, value := range f.Attrs {
		attrs[name] = value
	}
	return attrs
}

// typed gives the field with this autofill token where it has none of its own.
func (f Field) typed(autocomplete string) Field {
	if f.Autocomplete == "" {
		f.Autocomplete = autocomplete
	}
	return f
}

func (f Field) inputType() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

func (f Field) rows() string {
	if f.Rows == 0 {
		return "4"
	}
	return strconv.Itoa(f.Rows)
}

func (f Field) width(otherwise string) string {
	if f.Width != "" {
		return "w-" + f.Width
	}
	return otherwise
}

// optionID gives the first option the field's own id, so that an error summary leads to it.
func (f Field) optionID(i int) string {
	if i == 0 {
		return f.ID()
	}
	return f.ID() + "-" + strconv.Itoa(i)
}

func (f Field) chosen(value string) bool {
	for _, v := range f.Values {
		if v == value {
			return true
		}
	}
	return f.Values == nil && f.Value == value
}

// FieldError is what is wrong with one field of a form.
type FieldError struct {
	Field   string // name of the field, empty when it is about the form as a whole
	Message string
}

// Errors is all that is wrong with a form, in the order of its fields.
type Errors []FieldError

// ErrorsOf puts an error of the domain in words, field by field: a fault gives one, fault.Problems give several.
func ErrorsOf(p locale.Printer, err error) Errors {
	if err == nil {
		return nil
	}
	var problems fault.Problems
	if errors.As(err, &problems) {
		all := make(Errors, len(problems))
		for i, problem := range problems {
			all[i] = FieldError{Field: problem.Field, Message: locale.Capitalise(p.Error(fault.NewInvalid(problem.Key, problem.Args...)))}
		}
		return all
	}
	if e, ok := fault.As(err); ok {
		return Errors{{Field: e.Field, Message: locale.Capitalise(p.Error(err))}}
	}
	return Errors{{Message: p.Error(err)}}
}

// At gives the message about a field, empty when it is right.
func (e Errors) At(field string) string {
	for _, one := range e {
		if one.Field == field {
			return one.Message
		}
	}
	return ""
}
