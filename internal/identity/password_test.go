package identity

import (
	"context"
	"strings"
	"testing"

	"github.com/garant-sante/garant/internal/fault"
)

func TestAPasswordMatchesItsOwnHashOnly(t *testing.T) {
	t.Parallel()
	p := newPasswords()
	encoded, err := p.hash(t.Context(), passphrase)
	must(t, err)
	if !strings.HasPrefix(encoded, "$argon2id$m=47104,t=1,p=1$") {
		t.Errorf("parameters are not kept with the hash: %s", encoded)
	}
	for password, want := range map[string]bool{passphrase: true, passphrase + " ": false} {
		got, err := p.matches(t.Context(), encoded, password)
		must(t, err)
		same(t, password, got, want)
	}
}

func TestWhatCannotBeReadAsAHashMatchesNothing(t *testing.T) {
	t.Parallel()
	p := newPasswords()
	p.derive = cheap
	encoded, err := p.hash(t.Context(), passphrase)
	must(t, err)
	again, err := p.hash(t.Context(), passphrase)
	must(t, err)
	if encoded == again {
		t.Error("two hashes of one password share their salt")
	}
	for name, test := range map[string]struct {
		encoded, password string
		want              bool
	}{
		"a hash and its password":     {encoded, passphrase, true},
		"another":                     {encoded, passphrase + " ", false},
		"none":                        {encoded, "", false},
		"no hash kept":                {"", passphrase, false},
		"no hash, no password":        {"", "", false},
		"a hash of another method":    {"$argon2i$" + strings.SplitN(encoded, "$", 3)[2], passphrase, false},
		"a hash without its key":      {encoded[:strings.LastIndex(encoded, "$")], passphrase, false},
		"a hash that is not base64":   {encoded + "!", passphrase, false},
		"a hash that costs the earth": {strings.Replace(encoded, "m=47104", "m=4000000000", 1), passphrase, false},
		"a hash without a pass":       {strings.Replace(encoded, "t=1", "t=0", 1), passphrase, false},
	} {
		got, err := p.matches(t.Context(), test.encoded, test.password)
		must(t, err)
		same(t, name, got, test.want)
	}
}

func TestAHashOfOlderParametersStillMatches(t *testing.T) {
	t.Parallel()
	p := newPasswords()
	const encoded = "$argon2id$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
	key := p.derive([]byte(passphrase), make([]byte, argonSalt), 2, 19456, 1, argonKey)
	got, err := p.matches(t.Context(), encoded+base64Of(key), passphrase)
	must(t, err)
	same(t, "match", got, true)
}

func TestPasswordsAreDerivedTwoAtOnceAtMost(t *testing.T) {
	t.Parallel()
	p := newPasswords()
	p.derive = cheap
	for range cap(p.slots) {
		must(t, p.enter(t.Context()))
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := p.hash(over, passphrase)
	refused(t, "hashing beyond", err, fault.Unavailable, "unavailable")
	_, err = p.matches(over, "", passphrase)
	refused(t, "matching beyond", err, fault.Unavailable, "unavailable")
	p.leave()
	_, err = p.hash(t.Context(), passphrase)
	must(t, err)
}

func TestRefusesPasswordsThatAreShortKnownOrRepeated(t *testing.T) {
	t.Parallel()
	for password, want := range map[string]string{
		"":                                  "identity.password-short",
		"onze caract":                       "identity.password-short",
		"douze caract":                      "",
		"éèàùéèàùéèàï":                      "",
		strings.Repeat("é", 11):             "identity.password-short", // 22 bytes
		strings.Repeat("loutre", 43):        "value.too-long",
		strings.Repeat("loutre", 42):        "",
		"camilleachats":                     "identity.password-personal",
		"Camille Achats":                    "identity.password-personal",
		"camille.durand":                    "identity.password-personal",
		"CAMILLE.DURAND1!":                  "identity.password-personal",
		"camille.durand aime les pommes":    "", // eight characters more than what is known
		"aaaaaaaaaaaaaaa":                   "identity.password-repeated",
		"121212121212":                      "identity.password-repeated",
		"Bienvenue2027!":                    "identity.password-common",
		passphrase:                          "",
		"Un mot de passe, sans autre règle": "",
	} {
		got := ""
		if problem := checkPassword(password, "camille.durand@hopital.example", "Camille Achats"); problem != nil {
			got = problem.Key
			same(t, "field", problem.Field, "password")
		}
		same(t, password, got, want)
	}
}
