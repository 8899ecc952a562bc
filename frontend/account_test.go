package frontend

import (
	"bytes"
	"regexp"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/locale"
)

var messageKey = regexp.MustCompile(`\b(account|identity)\.[a-z]`)

func TestThePagesOfAnAccountAreSoundHTML(t *testing.T) {
	t.Parallel()
	for _, l := range locale.Languages() {
		v := galleryView(t, l)
		v.Protect = true
		for name, page := range accountPages(v) {
			t.Run(string(l)+"/"+name, func(t *testing.T) {
				t.Parallel()
				var html bytes.Buffer
				if err := page.Render(t.Context(), &html); err != nil {
					t.Fatal(err)
				}
				for _, fault := range unsound(html.Bytes()) {
					t.Error(fault)
				}
				if messageKey.Match(html.Bytes()) {
					t.Error("a message key is shown")
				}
			})
		}
	}
}

func accountPages(v View) map[string]templ.Component {
	own := identity.OwnAccount{Name: "Camille Achats", Mail: "camille@vallombreuse.example", Password: true, Enrolled: true, State: identity.Full, Fresh: true, Needed: true}
	begun := own
	begun.Enrolled, begun.State = false, identity.Unprotected
	none := own
	none.Password, none.Enrolled, none.Needed = false, false, false
	now := time.Date(2027, 1, 15, 8, 0, 0, 0, time.UTC)
	key := identity.Passkey{ID: "AbC_-1", Name: "Téléphone", Added: now, Used: now, Suspect: now}
	whole := AccountView{
		Own: own, Now: now, Zone: time.UTC, PasskeysHere: true,
		Factors: identity.Factors{TOTP: now, Recovery: 1, Passkeys: []identity.Passkey{key, {ID: "x", Name: "Clé", Added: now}}},
		Devices: []identity.OpenSession{{ID: "a", Opened: now, Seen: now, Device: "Firefox, Windows", Network: "192.0.2.0/24", Current: true}, {ID: "b", Opened: now, Seen: now}},
	}
	wrong := Errors{{Field: "code", Message: v.T("error.identity.code")}}
	proof := func(with Way) ProofForm {
		return ProofForm{Path: "/sign-in/second", Next: "/services?q=a&b=c", Ways: []Way{WithCode, WithPassword, WithPasskey, WithRecovery}, With: with, Errors: wrong}
	}
	return map[string]templ.Component{
		"account":             AccountPage(v, whole),
		"account, bare":       AccountPage(v, AccountView{Own: none, Now: now, Zone: time.UTC}),
		"account, begun":      AccountPage(v, AccountView{Own: begun, Now: now, Zone: time.UTC}),
		"account, no codes":   AccountPage(v, AccountView{Own: own, Now: now, Zone: time.UTC, Factors: identity.Factors{TOTP: now}}),
		"account, fictitious": AccountPage(v, AccountView{Own: identity.OwnAccount{Name: "Camille", Fictitious: true}, Zone: time.UTC}),
		"password":            PasswordPage(v, PasswordForm{Own: own, Min: 12}),
		"second, code":        SecondPage(v, proof(WithCode)),
		"second, passkey":     SecondPage(v, proof(WithPasskey)),
		"second, recovery":    SecondPage(v, proof(WithRecovery)),
		"second, nothing":     SecondPage(v, ProofForm{Path: "/sign-in/second"}),
		"confirm":             ConfirmProofPage(v, proof(WithPassword)),
		"factor, needed":      FactorPage(v, FactorChoice{Own: begun, Next: "/services", PasskeysHere: true}),
		"factor, wanted":      FactorPage(v, FactorChoice{Own: none}),
		"application":         AppPage(v, AppForm{Secret: "ABCDEFGH234567", URI: "otpauth://totp/x?secret=ABCD", Errors: wrong}),
		"codes, first":        CodesPage(v, Codes{All: identity.RecoveryCodes{"abcd-efgh", "ijkl-mnop"}, Next: "/account", First: true}),
		"codes, renewed":      CodesPage(v, Codes{All: identity.RecoveryCodes{"abcd-efgh"}, Next: "/account"}),
		"renewing":            RenewCodesPage(v),
		"removing the app":    RemoveAppPage(v),
		"passkey":             AddPasskeyPage(v, PasskeyForm{Next: "/services"}),
		"naming":              NamePasskeyPage(v, PasskeyForm{ID: "x", Name: "Téléphone"}),
		"removing a passkey":  RemovePasskeyPage(v, key),
		"sign-in":             SignInPage(v, SignInForm{Next: "/", Passkeys: true}),
		"lost":                LostPage(v, LostForm{CanMail: true}),
		"lost, no mail":       LostPage(v, LostForm{}),
		"sent":                LostSentPage(v, LostForm{Mail: "camille@vallombreuse.example", CanMail: true}),
		"recover":             RecoverPage(v, "/sign-in/recover/x"),
		"new password":        NewPasswordPage(v, PasswordForm{Own: own, Min: 12}),
	}
}

func TestTheWayAskedForIsTakenWhereThePersonHasIt(t *testing.T) {
	t.Parallel()
	for asked, want := range map[Way]Way{WithRecovery: WithRecovery, "": WithCode, WithPassword: WithCode, "other": WithCode} {
		form := ProofForm{Ways: []Way{WithCode, WithRecovery}}
		if form.Choose(asked); form.With != want {
			t.Errorf("%q asked for: %q, want %q", asked, form.With, want)
		}
	}
	var none ProofForm
	if none.Choose(WithCode); none.With != "" {
		t.Errorf("of none: %q", none.With)
	}
}
