package annex_test

import (
	"errors"
	"os"
	"testing"

	"github.com/garant-sante/garant/internal/annex"
	"github.com/garant-sante/garant/internal/fault"
)

// isAnswer reports whether an error is one that a user can act on.
func isAnswer(err error) bool {
	var problems fault.Problems
	return err == nil || errors.As(err, &problems) || fault.KindOf(err) != ""
}

func FuzzReadInput(f *testing.F) {
	data, err := os.ReadFile(example)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte("language: fr\nclauses: {base: none, add: [GOV-01, GOV-01]}\nvalues: {rto_heures: 1e9}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		in, err := annex.ReadInput("input.yaml", data, composer().Library)
		if !isAnswer(err) {
			t.Fatalf("not an answer: %v", err)
		}
		if err != nil {
			return
		}
		d, err := composer().Compose(in)
		if err != nil {
			t.Fatalf("read without a problem, then not composed: %v", err)
		}
		if again, err := composer().Compose(in); err != nil || again.Fingerprint != d.Fingerprint {
			t.Fatalf("the same input gives two annexes (%v)", err)
		}
	})
}

func FuzzVerify(f *testing.F) {
	in, err := os.ReadFile(example)
	if err != nil {
		f.Fatal(err)
	}
	input, err := annex.ReadInput(example, in, composer().Library)
	if err != nil {
		f.Fatal(err)
	}
	d, err := composer().Compose(input)
	if err != nil {
		f.Fatal(err)
	}
	data, err := d.Word(composer().Words.In(d.Language), nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add(data[:len(data)/2])
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := annex.Verify(data); !isAnswer(err) {
			t.Fatalf("not an answer: %v", err)
		}
	})
}
