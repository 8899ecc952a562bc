package vault

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/internal/fault"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func refused(t *testing.T, what string, err error, key string) {
	t.Helper()
	if f, ok := fault.As(err); !ok || f.Key != key {
		t.Errorf("%s: %v, want %s", what, err, key)
	}
}

// masters draws keys and gives them with their texts, the one in use first.
func masters(t *testing.T, n int) (*Masters, []string) {
	t.Helper()
	var texts []string
	for range n {
		text, err := NewMaster()
		must(t, err)
		texts = append(texts, text)
	}
	m, err := ParseMasters(strings.Join(texts, "\n"))
	must(t, err)
	return m, texts
}

func TestASecretOpensOnlyForItsTenantAndItsSubject(t *testing.T) {
	t.Parallel()
	m, _ := masters(t, 1)
	wrapped, err := m.NewKey("people")
	must(t, err)
	seal, err := m.Open("people", wrapped)
	must(t, err)
	sealed := seal.Seal([]byte("secret"), "camille", "totp")
	if bytes.Contains(sealed, []byte("secret")) || bytes.Equal(sealed, seal.Seal([]byte("secret"), "camille", "totp")) {
		t.Error("the secret shows, or sealing twice gives the same")
	}
	got, err := seal.Open(sealed, "camille", "totp")
	must(t, err)
	same(t, "secret", string(got), "secret")

	other, err := m.NewKey("people")
	must(t, err)
	otherSeal, err := m.Open("people", other)
	must(t, err)
	altered := func(at int) []byte {
		b := bytes.Clone(sealed)
		b[at] ^= 1
		return b
	}
	for name, try := range map[string]func() ([]byte, error){
		"another subject":     func() ([]byte, error) { return seal.Open(sealed, "dominique", "totp") },
		"no subject":          func() ([]byte, error) { return seal.Open(sealed) },
		"words cut elsewhere": func() ([]byte, error) { return seal.Open(sealed, "camillet", "otp") },
		"another key":         func() ([]byte, error) { return otherSeal.Open(sealed, "camille", "totp") },
		"another version":     func() ([]byte, error) { return seal.Open(altered(0), "camille", "totp") },
		"another nonce":       func() ([]byte, error) { return seal.Open(altered(20), "camille", "totp") },
		"an altered end":      func() ([]byte, error) { return seal.Open(altered(len(sealed)-1), "camille", "totp") },
		"a cut one":           func() ([]byte, error) { return seal.Open(sealed[:16], "camille", "totp") },
		"nothing":             func() ([]byte, error) { return seal.Open(nil, "camille", "totp") },
	} {
		_, err := try()
		refused(t, name, err, "vault.damaged")
	}
	_, err = m.Open("others", wrapped)
	refused(t, "another tenant's key", err, "vault.damaged")
	renamed := wrapped
	renamed.ID = other.ID
	_, err = m.Open("people", renamed)
	refused(t, "a key under another id", err, "vault.damaged")
}

func TestReplacingTheMasterKeyLeavesWhatWasSealed(t *testing.T) {
	t.Parallel()
	old, texts := masters(t, 1)
	wrapped, err := old.NewKey("people")
	must(t, err)
	seal, err := old.Open("people", wrapped)
	must(t, err)
	sealed := seal.Seal([]byte("secret"))

	text, err := NewMaster()
	must(t, err)
	both, err := ParseMasters(text + " # since January\n\n" + texts[0] + "\n")
	must(t, err)
	rewrapped, changed, err := both.Rewrap("people", wrapped)
	must(t, err)
	same(t, "changed", changed, true)
	same(t, "wrapped by", []string{rewrapped.ID, rewrapped.Master}, []string{wrapped.ID, both.Current()})
	_, changed, err = both.Rewrap("people", rewrapped)
	must(t, err)
	same(t, "changed again", changed, false)

	alone, err := ParseMasters(text)
	must(t, err)
	seal, err = alone.Open("people", rewrapped)
	must(t, err)
	got, err := seal.Open(sealed)
	must(t, err)
	same(t, "secret", string(got), "secret")

	for _, try := range []func() error{
		func() error { _, err := alone.Open("people", wrapped); return err },
		func() error { _, _, err := alone.Rewrap("people", wrapped); return err },
	} {
		err := try()
		refused(t, "without the old key", err, "vault.master-missing")
		if f, ok := fault.As(err); ok {
			same(t, "named", f.Args, []any{"key", old.Current()})
		}
	}
}

func TestTextsThatHoldNoMasterKeyAreRefusedWithoutRepeatingThem(t *testing.T) {
	t.Parallel()
	good, err := NewMaster()
	must(t, err)
	for text, key := range map[string]string{
		"":                       "vault.no-master",
		" \n# nothing\n":         "vault.no-master",
		"password":               "vault.bad-master",
		good + "," + good[:40]:   "vault.bad-master",
		good[len(masterPrefix):]: "vault.bad-master",
		good + "A":               "vault.bad-master",
		masterPrefix:             "vault.bad-master",
	} {
		_, err := ParseMasters(text)
		refused(t, text, err, key)
		if err != nil && text != "" && strings.Contains(err.Error(), good[len(masterPrefix):len(masterPrefix)+8]) {
			t.Error("the fault repeats the key")
		}
	}
	two, err := ParseMasters(good + ",\r\n" + good)
	must(t, err)
	same(t, "keys", len(two.keys), 2)
	if strings.Contains(good, two.Current()) {
		t.Error("the name is a part of the key")
	}
}

func FuzzOpen(f *testing.F) {
	text, err := NewMaster()
	if err != nil {
		f.Fatal(err)
	}
	m, err := ParseMasters(text)
	if err != nil {
		f.Fatal(err)
	}
	wrapped, err := m.NewKey("t")
	if err != nil {
		f.Fatal(err)
	}
	seal, err := m.Open("t", wrapped)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{1})
	f.Fuzz(func(t *testing.T, sealed []byte) {
		if _, err := seal.Open(sealed); err == nil {
			t.Error("forged")
		}
	})
}
