package identity

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/trustelem/zxcvbn/frequency"
)

func TestPasswordsThatEverybodyUsesAreKnownHoweverTheyAreMadeLonger(t *testing.T) {
	t.Parallel()
	for password, want := range map[string]bool{
		"1qaz2wsx3edc":              true, // of the list
		"QWERTY123456":              true,
		"Qazwsxedcrfv":              true,
		"password2024":              true,
		"  Password 2024 !":         true,
		"P@ssw0rd2024":              true,
		"Motdepasse123!":            true,
		"Bienvenue2027*":            true,
		"2027-Hôpital":              true,
		"centre hospitalier":        true,
		"marseille#13!":             true,
		"azertyazerty":              true, // repeated
		"Sunshine Sunshine":         true,
		"sunshineprincess":          true, // two in a row
		"welcome.monkey":            false,
		"letmeinmonkey99":           true,
		"abcdefghijkl":              true, // runs
		"azertyuiopqsdf":            true,
		"lkjhgfdsapoiuy":            true,
		"987654321098":              true,
		"qwertyuiopasdf2027":        true,
		passphrase:                  false,
		"correct horse battery":     false,
		"une tulipe mord le phare":  false,
		"sunshine8390174628391":     false, // too many figures to be tried
		"x7$Qe!v0Lr2@":              false,
		"éèàùéèàùéèàï":              false,
		"trois loutres hospitalier": false,
		"":                          false,
	} {
		same(t, password, commonPassword(password), want)
	}
}

func TestTheListIsLongEnough(t *testing.T) {
	t.Parallel()
	if n := len(ranks()); n < 29_000 {
		t.Errorf("%d passwords are known", n)
	}
	for i, password := range frequency.FrequencyLists[listPasswords] {
		if utf8.RuneCountInString(password) >= MinPassword && !commonPassword(password) {
			t.Errorf("number %d, %q, is let through", i, password)
		}
	}
}

func FuzzCommonPasswords(f *testing.F) {
	f.Add("P@ssw0rd2024")
	f.Add("\xff\u0301")
	f.Fuzz(func(t *testing.T, password string) {
		folded := strings.ToUpper(password)
		if common := commonPassword(password); common && !utf8.ValidString(password) {
			return
		} else if common && strings.ToLower(folded) == password && !commonPassword(folded) {
			t.Errorf("%q is refused and %q is not", password, folded)
		}
	})
}
