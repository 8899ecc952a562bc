package web

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/mail"
)

const newPassphrase = "girafe trombone marée lundi"

// protected is a portal as the program runs it: trusted roles need a second factor.
func protected(t *testing.T, adjust ...func(*Parts)) *garant {
	t.Helper()
	return newGarant(t, append(adjust, func(p *Parts) {
		p.People.RequireSecondFactor = true
	})...)
}

// giveMail sends the sign-in form of whoever set the portal up.
func (b *browser) giveMail(password, next string) answer {
	b.t.Helper()
	b.get("/sign-in?next=" + next)
	return b.post("/sign-in", "mail", "camille@vallombreuse.example", "password", password, "next", next)
}

func (b *browser) session() string { return b.cookies["garant-session"].Value }

// code is what the application of a secret shows now.
func (b *browser) code(secret string) string {
	b.t.Helper()
	code, err := totp.GenerateCode(secret, b.now)
	must(b.t, err)
	return code
}

var (
	secretGroup  = regexp.MustCompile(`<span>([a-z2-7]{4})</span>`)
	recoveryCode = regexp.MustCompile(`<code>([a-z2-7-]{34})</code>`)
)

func secretOf(page answer) string {
	var secret strings.Builder
	for _, group := range secretGroup.FindAllStringSubmatch(page.Body, -1) {
		secret.WriteString(strings.ToUpper(group[1]))
	}
	return secret.String()
}

// enrol sets up an application of codes, and gives its secret and the recovery codes.
func (b *browser) enrol() (secret string, codes []string) {
	b.t.Helper()
	secret = secretOf(b.get("/account/second-factor/app"))
	page := b.post("/account/second-factor/app", "code", b.code(secret))
	b.wants("enrolment", page, http.StatusOK, "")
	for _, code := range recoveryCode.FindAllStringSubmatch(page.Body, -1) {
		codes = append(codes, code[1])
	}
	b.now = b.now.Add(time.Minute) // to a code that was not given yet
	return secret, codes
}

func TestATrustedRoleSetsUpASecondFactorBeforeAnythingElse(t *testing.T) {
	t.Parallel()
	b := protected(t).browser()
	b.createStructure()
	b.shows("the first session", b.get("/services"), "Protégez votre compte.", "À votre prochaine connexion")
	b.wants("leaving", b.post("/sign-out"), http.StatusSeeOther, "/sign-in")

	b.wants("the second sign-in", b.giveMail(passphrase, "/settings?part=values"), http.StatusSeeOther, "/account/second-factor?next=%2Fsettings%3Fpart%3Dvalues")
	for path, to := range map[string]string{
		"/services?q=a": "/account/second-factor?next=%2Fservices%3Fq%3Da", "/library": "/account/second-factor?next=%2Flibrary", "/": "/account/second-factor",
		"/account": "/account/second-factor?next=%2Faccount", "/account/password": "/account/second-factor?next=%2Faccount%2Fpassword", "/sign-in": "/account/second-factor?next=%2Fsign-in",
	} {
		b.wants(path, b.get(path), http.StatusSeeOther, to)
	}
	page := b.get("/account/second-factor?next=/settings")
	b.shows("why", page, "Votre rôle donne accès à ce qui protège votre structure", "Installer une application")
	b.wants("a form of elsewhere", b.post("/services/new", "title", "x"), http.StatusSeeOther, "/account/second-factor")
	b.headers = map[string]string{"HX-Request": "true"}
	b.wants("a fragment", b.get("/suppliers/alike?name=x"), http.StatusUnauthorized, "")
	b.headers = nil
	b.wants("the language", b.post("/language", "language", "fr", "back", "/account/second-factor"), http.StatusSeeOther, "/account/second-factor")

	page = b.get("/account/second-factor/app?next=/settings")
	secret := secretOf(page)
	same(t, "next", value(page, "next"), "/settings")
	image := b.get("/account/second-factor/app/code.svg")
	same(t, "image", []string{image.Header.Get("Content-Type"), image.Header.Get("Cache-Control")}, []string{"image/svg+xml", "no-store"})
	wrong := b.post("/account/second-factor/app", "code", "000000", "next", "/settings")
	b.wants("a wrong code", wrong, http.StatusUnprocessableEntity, "")
	b.shows("a wrong code", wrong, "Ce code est faux")
	same(t, "the secret stays", secretOf(wrong), secret)
	before := b.session()
	codes := b.post("/account/second-factor/app", "code", b.code(secret), "next", "/settings")
	b.wants("the right code", codes, http.StatusOK, "")
	b.shows("codes", codes, "Vos codes de secours", "ils ne seront plus montrés", "Camille Achats · CH de Vallombreuse")
	same(t, "codes", len(recoveryCode.FindAllString(codes.Body, -1)), 10)
	if b.session() == before {
		t.Error("the token did not change")
	}
	settings := b.get("/settings")
	b.wants("settings", settings, http.StatusOK, "")
	b.hides("settings", settings, "Protégez votre compte")
	b.cookies["garant-session"].Value = before
	b.wants("the token before", b.get("/services"), http.StatusSeeOther, "/sign-in?next=%2Fservices")
}

func TestASecondFactorIsAskedForAfterThePassword(t *testing.T) {
	t.Parallel()
	g := protected(t)
	b := g.browser()
	b.createStructure()
	secret, codes := b.enrol()
	same(t, "known", b.cookies["garant-browser"].MaxAge, int(browserKept/time.Second))

	b = g.browser()
	b.wants("the password", b.giveMail(passphrase, "/settings"), http.StatusSeeOther, "/sign-in/second?next=%2Fsettings")
	if b.cookies["garant-browser"] != nil {
		t.Error("a password alone makes a browser known")
	}
	b.wants("elsewhere", b.get("/account/second-factor"), http.StatusSeeOther, "/sign-in/second?next=%2Faccount%2Fsecond-factor")
	page := b.get("/sign-in/second?next=/settings")
	b.shows("second", page, "Une deuxième preuve", "Code à six chiffres", "Utiliser un code de secours")
	b.hides("second", page, "Camille", "Mot de passe actuel")
	wrong := b.post("/sign-in/second", "with", "code", "code", "123", "next", "/settings")
	b.wants("a wrong code", wrong, http.StatusUnprocessableEntity, "")
	same(t, "next", value(wrong, "next"), "/settings")
	before := b.session()
	b.wants("a code", b.post("/sign-in/second", "with", "code", "code", b.code(secret), "next", "/settings"), http.StatusSeeOther, "/settings")
	if b.session() == before || b.cookies["garant-browser"] == nil {
		t.Error("the token stays, or the browser is not known")
	}
	b.wants("settings", b.get("/settings"), http.StatusOK, "")
	b.wants("the page again", b.get("/sign-in/second?next=/library"), http.StatusSeeOther, "/library")

	for next, want := range map[string]string{"https://evil.example/": "/", "//evil.example": "/", "/\\evil.example": "/", "/services": "/services"} {
		b := g.browser()
		b.giveMail(passphrase, "/")
		page := b.get("/sign-in/second?with=recovery&next=" + next)
		same(t, "next "+next, value(page, "next"), want)
		used := codes[0]
		codes = codes[1:]
		b.wants("next "+next, b.post("/sign-in/second", "with", "recovery", "recovery", strings.ToUpper(used), "next", next), http.StatusSeeOther, want)
		b = g.browser()
		b.giveMail(passphrase, "/")
		b.get("/sign-in/second?with=recovery")
		replayed := b.post("/sign-in/second", "with", "recovery", "recovery", used)
		b.wants("a recovery code again", replayed, http.StatusUnprocessableEntity, "")
		b.shows("a recovery code again", replayed, "Ce code de secours est faux ou a déjà servi")
	}
}

func TestSensitiveActsAskForAFreshProof(t *testing.T) {
	t.Parallel()
	b := protected(t).browser()
	b.createStructure()
	secret, _ := b.enrol()
	b.shows("account", b.get("/account"), "protégé par deux preuves", "Il vous en reste 10", "Donne vos codes depuis le 15 janvier 2027", "cet appareil")
	b.now = b.now.Add(15 * time.Minute)
	b.wants("removing", b.get("/account/app/remove"), http.StatusSeeOther, "/account/confirm?next=%2Faccount%2Fapp%2Fremove")
	b.get("/account")
	b.wants("renewing", b.post("/account/codes"), http.StatusSeeOther, "/account/confirm?next=%2Faccount%2Fcodes")
	page := b.get("/account/confirm?next=/account/codes")
	b.shows("confirm", page, "C’est bien vous ?", "Donner mon mot de passe")
	page = b.get("/account/confirm?with=password&next=//evil.example")
	same(t, "next", value(page, "next"), "/")
	wrong := b.post("/account/confirm", "with", "password", "password", "mauvais", "next", "/account/codes")
	b.wants("a wrong password", wrong, http.StatusUnprocessableEntity, "")
	before := b.session()
	b.wants("a code", b.post("/account/confirm", "with", "code", "code", b.code(secret), "next", "/account/codes"), http.StatusSeeOther, "/account/codes")
	if b.session() == before {
		t.Error("the token did not change")
	}
	b.get("/account/codes")
	renewed := b.post("/account/codes")
	b.shows("renewed", renewed, "Les précédents ne servent plus")
	b.get("/account/app/remove")
	last := b.post("/account/app/remove")
	b.wants("the last factor of a trusted role", last, http.StatusConflict, "")
	b.shows("the last factor of a trusted role", last, "installez-en d’abord un autre")

	b.get("/account")
	file := b.post("/account/second-factor/codes", "codes", "abcd-efgh-ijkl-mnop-qrst-uvwx-yz23 bcde-efgh-ijkl-mnop-qrst-uvw2-yz23")
	b.wants("download", file, http.StatusOK, "")
	same(t, "file", file.Body, "Garant\u00a0: codes de secours. Chacun sert une fois. À garder hors de portée des autres.\r\n\r\nabcd-efgh-ijkl-mnop-qrst-uvwx-yz23\r\nbcde-efgh-ijkl-mnop-qrst-uvw2-yz23\r\n")
	b.wants("anything else", b.post("/account/second-factor/codes", "codes", "<script>"), http.StatusBadRequest, "")
}

func TestThePasswordIsChangedByWhoKnowsIt(t *testing.T) {
	t.Parallel()
	g := newGarant(t)
	b := g.browser()
	b.createStructure()
	other := g.browser()
	other.giveMail(passphrase, "/")
	other.wants("another device", other.get("/services"), http.StatusOK, "")
	b.shows("page", b.get("/account/password"), "Mot de passe actuel", "Au moins 12 caractères")
	wrong := b.post("/account/password", "current", "mauvais", "password", newPassphrase)
	b.wants("a wrong password", wrong, http.StatusUnprocessableEntity, "")
	b.shows("a wrong password", wrong, "Ce n’est pas votre mot de passe")
	weak := b.post("/account/password", "current", passphrase, "password", "court")
	b.wants("a weak one", weak, http.StatusUnprocessableEntity, "")
	b.hides("a weak one", weak, passphrase, `value="court"`)
	b.wants("changed", b.post("/account/password", "current", passphrase, "password", newPassphrase), http.StatusSeeOther, "/account")
	b.shows("account", b.get("/account"), "Votre mot de passe est changé.")
	other.wants("another device", other.get("/services"), http.StatusSeeOther, "/sign-in?next=%2Fservices")
	other.wants("the old one", other.giveMail(passphrase, "/"), http.StatusUnprocessableEntity, "")
	other.wants("the new one", other.giveMail(newPassphrase, "/services"), http.StatusSeeOther, "/services")
}

func TestDevicesAreListedAndSignedOut(t *testing.T) {
	t.Parallel()
	g := newGarant(t)
	b, phone, third := g.browser(), g.browser(), g.browser()
	b.createStructure()
	phone.headers = map[string]string{"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 Version/19.0 Mobile Safari/604.1"}
	phone.giveMail(passphrase, "/")
	third.giveMail(passphrase, "/")
	page := b.get("/account")
	b.shows("devices", page, "Safari, iPhone", "appareil inconnu", "Déconnecter tous les autres", "Connecté à l’instant")
	end := regexp.MustCompile(`action="(/account/devices/[0-9a-f]{64}/end)"[^>]*>(?:[^<]|<input[^>]*>)*<button[^>]*Safari`).FindStringSubmatch(page.Body)
	if end == nil {
		t.Fatal("no button signs the telephone out")
	}
	b.wants("one", b.post(end[1]), http.StatusSeeOther, "/account")
	phone.wants("the telephone", phone.get("/services"), http.StatusSeeOther, "/sign-in?next=%2Fservices")
	b.get("/account")
	b.wants("others", b.post("/account/devices/others/end"), http.StatusSeeOther, "/account")
	third.wants("the third", third.get("/services"), http.StatusSeeOther, "/sign-in?next=%2Fservices")
	b.wants("this one", b.get("/services"), http.StatusOK, "")
	b.now = b.now.Add(11 * time.Minute)
	b.get("/account")
	b.wants("later", b.post("/account/devices/others/end"), http.StatusSeeOther, "/account/confirm?next=%2Faccount")
	stranger := g.browser()
	stranger.wants("nobody's account", stranger.get("/account"), http.StatusSeeOther, "/sign-in?next=%2Faccount")
}

func TestThePersonOfTheDemonstrationHasNothingToManage(t *testing.T) {
	t.Parallel()
	b := protected(t).browser()
	b.lookAround()
	page := b.get("/account")
	b.wants("account", page, http.StatusOK, "")
	b.shows("account", page, "Ce compte fictif sert à visiter")
	b.hides("account", page, "/account/password", "Protégez votre compte")
}

func TestAPasskeyIsAskedForAndAWrongAnswerIsSaid(t *testing.T) {
	t.Parallel()
	g := newGarant(t)
	b := g.browser()
	b.createStructure()
	b.get("/account/second-factor/passkey")
	b.wants("where there are none", b.post("/account/second-factor/passkey/options"), http.StatusServiceUnavailable, "")
	party, err := identity.NewRelyingParty("https://garant.example")
	must(t, err)
	g.People.UsePasskeys(party)
	b.get("/account/second-factor/passkey")
	options := b.post("/account/second-factor/passkey/options")
	same(t, "type", options.Header.Get("Content-Type"), "application/json")
	if !strings.Contains(options.Body, `"publicKey":{`) {
		t.Errorf("options: %s", options.Body)
	}
	wrong := b.post("/account/second-factor/passkey", "name", "Téléphone", "response", "{}")
	b.wants("no passkey", wrong, http.StatusUnprocessableEntity, "")
	same(t, "name", value(wrong, "name"), "Téléphone")

	out := g.browser()
	page := out.get("/sign-in")
	out.shows("sign-in", page, "Se connecter avec une clé d’accès", "Mot de passe oublié ?")
	out.wants("asking", out.post("/sign-in/passkey/options"), http.StatusOK, "")
	wrong = out.post("/sign-in/passkey", "response", "{}", "next", "/settings")
	out.wants("a wrong answer", wrong, http.StatusUnprocessableEntity, "")
	out.shows("a wrong answer", wrong, "Cette clé d’accès n’a pas été acceptée")
	same(t, "next", value(wrong, "next"), "/settings")
}

func TestOneChoosesTheMessagesOneReceives(t *testing.T) {
	t.Parallel()
	b := newGarant(t).browser()
	b.createStructure()
	b.shows("the account", b.get("/account"), "Vos choix et vos données", "Courriels")
	page := b.get("/account/mail")
	b.shows("the usual ways", page, "Empreinte quotidienne du journal", "Fin d’un accès", "Ce qui touche à la sécurité de votre compte vous est toujours écrit")
	same(t, "what is chosen", checkedRadio.FindAllString(page.Body, -1), []string{`name="access-ended" id="f-access-ended" value="immediately" checked`, `name="journal" id="f-journal" value="immediately" checked`})
	wrong := b.post("/account/mail", "access-ended", "daily", "journal", "daily", "password-changed", "never")
	b.wants("a way that is none", wrong, http.StatusUnprocessableEntity, "")
	b.shows("a way that is none", wrong, "choisissez une des possibilités proposées")
	b.wants("chosen", b.post("/account/mail", "access-ended", "daily", "journal", "never", "password-changed", "never"), http.StatusSeeOther, "/account")
	b.shows("said", b.get("/account"), "Vos choix sont enregistrés.")
	same(t, "what is chosen", checkedRadio.FindAllString(b.get("/account/mail").Body, -1), []string{`name="access-ended" id="f-access-ended-1" value="daily" checked`, `name="journal" id="f-journal-1" value="never" checked`})
	who, err := b.People.Resume(t.Context(), identity.Token(b.session()))
	must(t, err)
	kept, err := b.Letters.Preferences(t.Context(), who.Person)
	must(t, err)
	same(t, "a security notice", kept.Choice(mail.PasswordChanged), mail.Immediately)
}

var checkedRadio = regexp.MustCompile(`name="[a-z-]+" id="[a-z0-9-]+" value="[a-z]+" checked`)

func TestOneReadsAndChangesWhatIsKeptOfOne(t *testing.T) {
	t.Parallel()
	b := newGarant(t).browser()
	b.createStructure()
	b.shows("the account", b.get("/account"), "Vos données", "Changer", "Les recevoir")
	b.shows("without mail", b.get("/account/address"), "Ce portail ne sait pas envoyer de courriel")
	b.get("/account/name")
	b.wants("no name", b.post("/account/name", "name", ""), http.StatusUnprocessableEntity, "")
	b.wants("renamed", b.post("/account/name", "name", "Camille Nouveau"), http.StatusSeeOther, "/account")
	b.shows("renamed", b.get("/account"), "Votre nom est changé.", "Camille Nouveau · CH de Vallombreuse")
	_, err := b.events.RunOnce(t.Context())
	must(t, err)
	b.shows("what the file holds", b.get("/account/data"), "sans leurs secrets")
	b.shows("what erasing takes away", b.get("/account/erase"), "Le journal garde vos actes")
	last := b.post("/account/erase")
	b.wants("the last administrator", last, http.StatusConflict, "")
	b.shows("the last administrator", last, "Personne d’autre n’administre")
	b.get("/account/data")
	file := b.post("/account/data")
	same(t, "the file", []string{file.Header.Get("Content-Type"), file.Header.Get("Content-Disposition")}, []string{
		"application/json; charset=utf-8", `attachment; filename="garant-mes-donnees.json"; filename*=UTF-8''garant-mes-donnees.json`,
	})
	var data struct {
		Name, Mail string
		Places     []struct{ Name, Role string }
		Acts       []struct{ Act, Place string } `json:"acts_in_journals"`
	}
	must(t, json.Unmarshal([]byte(file.Body), &data))
	same(t, "who", []any{data.Name, data.Mail, len(data.Places), data.Places[0].Role}, []any{"Camille Nouveau", "camille@vallombreuse.example", 2, "administrator"})
	var acts []string
	for _, act := range data.Acts {
		acts = append(acts, act.Act+" in "+act.Place)
	}
	slices.Sort(acts)
	same(t, "acts", acts, []string{"account.renamed in ", "account.signed-in in CH de Vallombreuse", "region.added in CH de Vallombreuse", "structure.added in CH de Vallombreuse"})
	b.now = b.now.Add(11 * time.Minute)
	b.wants("an old proof", b.post("/account/data"), http.StatusSeeOther, "/account/confirm?next=%2Faccount%2Fdata")
}
