package web

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/garant-sante/garant/internal/identity"
)

// reach is who a route is for.
type reach struct {
	action identity.Action // empty: whoever is signed in
	public bool
	inside bool // of a supplier
}

var (
	anyone   = reach{public: true}
	signedIn = reach{}
)

func within(a identity.Action) reach { return reach{action: a, inside: true} }

func to(a identity.Action) reach { return reach{action: a} }

// rights says for every route what it takes. A route that is not here fails the test, so that each new one is thought of.
// What a session itself may do (signing out, moving) is tested where it is.
var rights = map[string]reach{
	"GET /healthz": anyone, "GET /readyz": anyone, "GET /assets/:name": anyone, "GET /": anyone,
	"GET /setup/:token": anyone, "POST /setup/:token": anyone, "POST /setup/:token/demo": anyone,
	"GET /sign-in": anyone, "POST /sign-in": anyone, "POST /language": anyone,
	// Signing in: each asks for the proof that it is about.
	"GET /sign-in/lost": anyone, "GET /sign-in/password": anyone, "GET /sign-in/recover/:token": anyone,
	"GET /sign-in/second": anyone, "POST /sign-in/lost": anyone, "POST /sign-in/passkey": anyone,
	"POST /sign-in/passkey/options": anyone, "POST /sign-in/password": anyone, "POST /sign-in/recover/:token": anyone,
	"POST /sign-in/second": anyone, "POST /sign-in/second/passkey": anyone, "POST /sign-in/second/passkey/options": anyone,
	"POST /sign-in/with/:issuer": anyone, "GET /sign-in/with/:issuer/back": anyone,
	"GET /invitations/:place/:token": anyone, "POST /invitations/:place/:token": anyone, "POST /invitations/:place/:token/with/:issuer": anyone,
	"GET /library": anyone, "GET /library/search": anyone, "GET /library/download.:format": anyone, "GET /library/families/:family": anyone,
	"GET /library/clauses/:id": anyone, "GET /library/clauses/:id/versions/:version": anyone, "GET /library/models/:model": anyone,
	"GET /library/variables": anyone, "GET /library/references": anyone, "GET /library/questions": anyone, "GET /library/questions/:id": anyone,
	"GET /library/questions/:id/versions/:version": anyone, "GET /library/coverage": anyone, "GET /library/coverage/:framework": anyone,

	// One's own account: each acts on the person of the session and on nobody else.
	"GET /account": signedIn, "GET /account/name": signedIn, "POST /account/name": signedIn, "GET /account/address": signedIn, "POST /account/address": signedIn,
	"GET /account/address/:token": signedIn, "POST /account/address/:token": signedIn, "GET /account/data": signedIn, "POST /account/data": signedIn, "GET /account/erase": signedIn, "POST /account/erase": signedIn, "GET /account/mail": signedIn, "POST /account/mail": signedIn, "GET /account/app/remove": signedIn, "GET /account/codes": signedIn,
	"GET /account/confirm": signedIn, "GET /account/passkeys/:key": signedIn, "GET /account/passkeys/:key/remove": signedIn,
	"GET /account/password": signedIn, "GET /account/second-factor": signedIn, "GET /account/second-factor/app": signedIn,
	"GET /account/second-factor/app/code.svg": signedIn, "GET /account/second-factor/passkey": signedIn, "POST /account/app/remove": signedIn,
	"POST /account/codes": signedIn, "POST /account/confirm": signedIn, "POST /account/confirm/passkey": signedIn,
	"POST /account/confirm/passkey/options": signedIn, "POST /account/devices/:device/end": signedIn, "POST /account/devices/others/end": signedIn,
	"POST /account/passkeys/:key": signedIn, "POST /account/passkeys/:key/remove": signedIn, "POST /account/password": signedIn,
	"POST /account/second-factor/app": signedIn, "POST /account/second-factor/codes": signedIn, "POST /account/second-factor/passkey": signedIn,
	"POST /account/second-factor/passkey/options": signedIn,
	"POST /account/confirm/with/:issuer":          signedIn, "POST /account/issuers/:issuer": signedIn,
	"GET /account/issuers/accounts/:account/remove": signedIn, "POST /account/issuers/accounts/:account/remove": signedIn,
	"POST /sign-out": signedIn, "GET /places": signedIn, "POST /places": signedIn,

	"GET /library/ours": to(identity.ReadTexts), "GET /library/ours/export": to(identity.ReadTexts),
	"GET /library/ours/new": to(identity.EditClauses), "POST /library/ours/new": to(identity.EditClauses), "POST /library/ours/new/check": to(identity.EditClauses),
	"GET /library/ours/:id": to(identity.ReadTexts), "POST /library/ours/:id": to(identity.EditClauses), "POST /library/ours/:id/check": to(identity.EditClauses),
	"GET /library/ours/:id/model": to(identity.ReadTexts), "POST /library/ours/:id/keep": to(identity.EditClauses), "GET /library/ours/:id/history": to(identity.ReadTexts),
	"GET /library/ours/:id/withdraw": to(identity.ReadTexts), "POST /library/ours/:id/withdraw": to(identity.EditClauses), "GET /library/ours/:id/export": to(identity.ReadTexts),
	"GET /library/ours/questions/export": to(identity.ReadTexts), "GET /library/ours/questions/new": to(identity.EditClauses),
	"POST /library/ours/questions/new": to(identity.EditClauses), "POST /library/ours/questions/new/check": to(identity.EditClauses),
	"GET /library/ours/questions/:id": to(identity.ReadTexts), "POST /library/ours/questions/:id": to(identity.EditClauses),
	"POST /library/ours/questions/:id/check": to(identity.EditClauses), "GET /library/ours/questions/:id/model": to(identity.ReadTexts),
	"POST /library/ours/questions/:id/keep": to(identity.EditClauses), "GET /library/ours/questions/:id/history": to(identity.ReadTexts),
	"GET /library/ours/questions/:id/withdraw": to(identity.ReadTexts), "POST /library/ours/questions/:id/withdraw": to(identity.EditClauses),
	"GET /library/ours/questions/:id/export": to(identity.ReadTexts),

	"GET /services": to(identity.ReadServices), "GET /services/new": to(identity.EditServices), "POST /services/new": to(identity.EditServices),
	"GET /services/:service":          to(identity.ReadServices),
	"GET /services/:service/contract": to(identity.EditServices), "POST /services/:service/contract": to(identity.EditServices),
	"GET /services/:service/framing": to(identity.EditServices), "POST /services/:service/framing": to(identity.EditServices), "POST /services/:service/framing/tier": to(identity.EditServices),
	"GET /services/:service/annex": to(identity.ReadServices), "POST /services/:service/annex": to(identity.EditAnnex), "POST /services/:service/annex/undo": to(identity.EditAnnex),
	"GET /services/:service/annex/read": to(identity.ReadServices), "POST /services/:service/annex/versions": to(identity.EditAnnex),
	"GET /services/:service/annex/versions/:number/annex.docx": to(identity.ReadServices), "GET /services/:service/annex/versions/:number/annex.html": to(identity.ReadServices),
	"GET /services/:service/annex.docx": to(identity.ReadServices), "GET /services/:service/annex.html": to(identity.ReadServices),
	"GET /services/:service/choices.docx": to(identity.ReadChoices), "GET /services/:service/models/:model": to(identity.ReadServices),
	"GET /services/:service/flyer.docx": to(identity.ReadServices), "GET /services/:service/flyer.html": to(identity.ReadServices),

	"GET /people": to(identity.ReadPeople), "POST /people/invite": to(identity.EditPeople), "GET /people/support": to(identity.EditPeople), "POST /people/support": to(identity.EditPeople), "POST /people/invitations/:id/withdraw": to(identity.EditPeople),
	"POST /people/:person/role": to(identity.EditPeople), "GET /people/:person/reset": to(identity.EditPeople), "POST /people/:person/reset": to(identity.EditPeople), "GET /people/:person/remove": to(identity.ReadPeople), "POST /people/:person/remove": to(identity.EditPeople),
	"GET /suppliers": to(identity.ReadSuppliers), "GET /suppliers/alike": to(identity.ReadSuppliers),
	"GET /suppliers/new": to(identity.EditSuppliers), "POST /suppliers/new": to(identity.EditSuppliers), "GET /suppliers/:supplier": to(identity.ReadSuppliers),
	"GET /suppliers/:supplier/edit": to(identity.EditSuppliers), "POST /suppliers/:supplier/edit": to(identity.EditSuppliers),
	"POST /suppliers/:supplier/contacts": to(identity.EditSuppliers), "POST /suppliers/:supplier/contacts/:contact/link": to(identity.EditSuppliers),
	"GET /suppliers/:supplier/contacts/:contact/remove": to(identity.EditSuppliers), "POST /suppliers/:supplier/contacts/:contact/remove": to(identity.EditSuppliers),
	"GET /suppliers/:supplier/merge": to(identity.MergeSuppliers), "POST /suppliers/:supplier/merge": to(identity.MergeSuppliers),
	"GET /region/services": to(identity.ReadRegion),

	// The provider's side: links and asking for one are for whoever has a browser; the rest is for whom a link let in.
	"GET /provider/:region": anyone, "POST /provider/:region/language": anyone, "POST /provider/:region/leave": anyone, "POST /provider/:region/links": anyone,
	"GET /provider/:region/:contact/:token": anyone, "POST /provider/:region/:contact/:token": anyone, "POST /provider/:region/:contact/:token/renew": anyone,
	"POST /provider/:region/colleagues": within(identity.InviteColleagues), "POST /provider/:region/colleagues/:contact/link": within(identity.InviteColleagues),
	"GET /provider/:region/colleagues/:contact/remove": within(identity.ReadSuppliers), "POST /provider/:region/colleagues/:contact/remove": within(identity.InviteColleagues),

	"GET /region": to(identity.ReadRegion), "POST /region": to(identity.EditRegion), "POST /region/structures": to(identity.EditRegion),

	"GET /journal": to(identity.ReadJournal), "POST /journal/verify": to(identity.ReadJournal),
	"GET /journal/export.csv": to(identity.ReadJournal), "GET /journal/export.jsonl": to(identity.ReadJournal),
	"GET /mail": to(identity.ReadMail), "POST /mail/:letter/link": to(identity.EditMail), "POST /mail/:letter/send": to(identity.EditMail),
	"GET /mail/:letter/drop": to(identity.EditMail), "POST /mail/:letter/drop": to(identity.EditMail),

	"GET /settings": to(identity.ReadServices), "POST /settings": to(identity.EditSettings), "POST /settings/template": to(identity.EditSettings),
	"POST /settings/template/remove": to(identity.EditSettings), "GET /settings/template.docx": signedIn,
}

// routesOf lists what the portal answers, as "GET /people".
func (g *garant) routesOf() []string {
	var routes []string
	for _, r := range g.app.GetRoutes(true) {
		if at := r.Method + " " + r.Path; (r.Method == http.MethodGet || r.Method == http.MethodPost) && !slices.Contains(routes, at) {
			routes = append(routes, at)
		}
	}
	slices.Sort(routes)
	return routes
}

func TestEveryRouteSaysWhoItIsFor(t *testing.T) {
	t.Parallel()
	g := newGarant(t)
	var known []string
	for route := range rights {
		known = append(known, route)
	}
	slices.Sort(known)
	same(t, "routes", g.routesOf(), known)
}

// cast is a browser for each role of one structure and of its region, and an administrator of another structure.
func cast(t *testing.T) (*garant, map[identity.Role]*browser, *browser) {
	t.Helper()
	g := newGarant(t)
	admin := g.browser()
	admin.lookAround()
	browsers := map[identity.Role]*browser{identity.Administrator: admin}
	regional := g.browser()
	enter := func(host *browser, role identity.Role) *browser {
		host.get("/people")
		b := g.browser()
		at := link(t, host.post("/people/invite", "mail", string(role)+"@essai.example", "role", string(role)))
		b.get(at)
		b.wants("joining", b.post(at, "name", "Essai", "password", phrase), http.StatusSeeOther, "/")
		return b
	}
	for _, role := range identity.StructureRoles() {
		if role != identity.Administrator {
			browsers[role] = enter(admin, role)
		}
	}
	admin.get("/people")
	helping := g.browser()
	at := link(t, admin.post("/people/support", "mail", "aide@essai.example", "reason", "Essai", "days", "1"))
	helping.get(at)
	helping.wants("helping", helping.post(at, "name", "Aide", "password", phrase), http.StatusSeeOther, "/")
	browsers[identity.Support] = helping
	// The visitor of the demonstration administers the region too; their session there lets the others in.
	structure := regexp.MustCompile(`name="place" value="(r[0-9a-v]{26})"`).FindStringSubmatch(admin.get("/places").Body)[1]
	admin.post("/places", "place", structure)
	for _, role := range identity.RegionRoles() {
		browsers[role] = enter(admin, role)
	}
	admin.get("/region")
	at = link(t, admin.post("/region/structures", "structure", "Ailleurs", "mail", "ailleurs@essai.example"))
	regional.get(at)
	regional.wants("joining elsewhere", regional.post(at, "name", "Ailleurs", "password", phrase), http.StatusSeeOther, "/")
	home := regexp.MustCompile(`name="place" value="(s[0-9a-v]{26})"`).FindStringSubmatch(admin.get("/places").Body)[1]
	admin.post("/places", "place", home)
	return g, browsers, regional
}

func TestEachRoleReachesWhatTheTableSaysAndNothingElse(t *testing.T) {
	t.Parallel()
	g, browsers, elsewhere := cast(t)
	list := browsers[identity.Administrator].get("/services")
	service := regexp.MustCompile(`href="/services/([a-z0-9]{26})"`).FindStringSubmatch(list.Body)[1]
	provider := regexp.MustCompile(`href="/suppliers/([a-z0-9]{26})"`).FindStringSubmatch(browsers[identity.Administrator].get("/suppliers").Body)[1]
	stand := strings.NewReplacer(
		":supplier", provider, ":contact", strings.Repeat("0", 26),
		":service", service, ":id", "PAT-02", ":number", "1", ":model", "security-assurance-plan", ":person", strings.Repeat("0", 26),
	)
	questions := strings.NewReplacer("/questions/PAT-02", "/questions/PAT-Q02")
	pairs := 0
	for route, who := range rights {
		if who.public || who.action == "" || who.inside {
			continue
		}
		method, path, _ := strings.Cut(route, " ")
		path = questions.Replace(stand.Replace(path))
		for role, b := range browsers {
			if route == "POST /people/:person/remove" && role != identity.Administrator && role != identity.RegionAdministrator {
				// anybody may leave: of somebody else it is refused all the same
				who = to(identity.EditPeople)
			}
			allowed := slices.Contains(identity.Allowed(role), who.action)
			b.get("/places") // for the token of forms
			got := b.ask(method, path)
			pairs++
			if allowed && (got.Status == http.StatusForbidden || got.Status >= http.StatusInternalServerError || strings.HasPrefix(got.Location, "/sign-in")) {
				t.Errorf("%s as %s is refused: %d %s\n%s", route, role, got.Status, got.Location, text(got.Body))
			}
			if !allowed && got.Status != http.StatusForbidden && got.Status != http.StatusNotFound {
				t.Errorf("%s as %s is let through: %d %s", route, role, got.Status, got.Location)
			}
		}
		if strings.Contains(route, ":service") {
			elsewhere.get("/places")
			pairs++
			if got := elsewhere.ask(method, path); got.Status != http.StatusNotFound {
				t.Errorf("%s of another structure: %d %s", route, got.Status, got.Location)
			}
		}
		stranger := g.browser()
		stranger.get("/sign-in")
		pairs++
		if got := stranger.ask(method, path); !strings.HasPrefix(got.Location, "/sign-in") && got.Status != http.StatusForbidden {
			t.Errorf("%s without signing in: %d %s", route, got.Status, got.Location)
		}
	}
	t.Logf("%d pairs of a role and a route", pairs)
}

// ask sends an empty request.
func (b *browser) ask(method, path string) answer {
	b.t.Helper()
	if method == http.MethodPost {
		return b.post(path)
	}
	return b.get(path)
}

func TestServicesRefuseWhatTheTableRefuses(t *testing.T) {
	t.Parallel()
	// Each action, in each role, in the own place and in another: the table itself, as the services ask it.
	pairs := 0
	for _, role := range slices.Concat(identity.StructureRoles(), []identity.Role{identity.Support}, identity.RegionRoles(), identity.ProviderRoles()) {
		who := identity.Actor{Person: "p", Structure: "s", Region: "r", Role: role}
		if slices.Contains(identity.ProviderRoles(), role) {
			who.Structure, who.Supplier = "", "x"
		}
		if slices.Contains(identity.RegionRoles(), role) {
			who.Structure = ""
		}
		for _, action := range identity.Actions() {
			own, other := identity.Require(who, action, who.Place()), identity.Require(who, action, "elsewhere")
			pairs += 2
			if allowed := slices.Contains(identity.Allowed(role), action); (own == nil) != allowed {
				t.Errorf("%s, %s: %v", role, action, own)
			}
			if statusOf(other) != http.StatusNotFound {
				t.Errorf("%s, %s elsewhere: %v", role, action, other)
			}
		}
	}
	same(t, "pairs", fmt.Sprint(pairs), "380")
}

func TestTheProvidersSideIsForWhomALinkLetInAndForNobodyElse(t *testing.T) {
	t.Parallel()
	g, browsers, _ := cast(t)
	admin := browsers[identity.Administrator]
	suppliers := regexp.MustCompile(`href="/suppliers/([a-z0-9]{26})"`).FindAllStringSubmatch(admin.get("/suppliers").Body, -1)
	own, another := "/suppliers/"+suppliers[0][1], "/suppliers/"+suppliers[1][1]
	var home string
	enter := func(host *browser, page, at, name string) *browser {
		host.get(page)
		b := g.browser()
		to := providerLink(t, host.post(at, "name", name, "mail", name+"@essai.example"))
		home = to[:len("/provider/")+26]
		b.get(to)
		b.wants("the link of "+name, b.post(to), http.StatusSeeOther, home)
		return b
	}
	contact, other := enter(admin, own, own+"/contacts", "contact"), enter(admin, another, another+"/contacts", "other")
	colleague, third := enter(contact, home, home+"/colleagues", "colleague"), enter(contact, home, home+"/colleagues", "third")
	id := regexp.MustCompile(`/colleagues/([0-9a-v]{26})/remove" data-dialog`).FindStringSubmatch(third.get(home).Body)[1]
	pairs := 0
	for route, who := range rights {
		if !who.inside {
			continue
		}
		method, path, _ := strings.Cut(route, " ")
		path = strings.NewReplacer("/provider/:region", home, ":contact", id).Replace(path)
		try := func(b *browser) answer {
			pairs++
			b.get(home)
			return b.ask(method, path)
		}
		if got := try(colleague); got.Status != http.StatusForbidden && got.Status != http.StatusNotFound {
			t.Errorf("%s as a colleague: %d %s", route, got.Status, got.Location)
		}
		// Whoever is of another supplier lets people into their own: without a name, nobody.
		if got := try(other); got.Status != http.StatusNotFound && (got.Status != http.StatusUnprocessableEntity || strings.Contains(path, id)) {
			t.Errorf("%s as somebody of another supplier: %d %s", route, got.Status, got.Location)
		}
		for role, b := range browsers { // whoever is signed in is nobody here
			if got := try(b); got.Location != home {
				t.Errorf("%s as %s: %d %s", route, role, got.Status, got.Location)
			}
		}
		if got := try(g.browser()); got.Location != home {
			t.Errorf("%s as nobody: %d %s", route, got.Status, got.Location)
		}
	}
	for route, who := range rights {
		if who.inside && strings.HasPrefix(route, "GET ") { // before a POST takes the third away
			_, path, _ := strings.Cut(route, " ")
			pairs++
			contact.wants(route, contact.get(strings.NewReplacer("/provider/:region", home, ":contact", id).Replace(path)), http.StatusOK, "")
		}
	}
	contact.wants("a new link", contact.post(home+"/colleagues/"+id+"/link"), http.StatusOK, "")
	contact.wants("an end", contact.post(home+"/colleagues/"+id+"/remove"), http.StatusSeeOther, home)
	for _, path := range []string{"/services", "/suppliers", "/people", "/account", "/journal", own} {
		pairs++
		if got := contact.get(path); !strings.HasPrefix(got.Location, "/sign-in") {
			t.Errorf("a contact reads %s: %d %s", path, got.Status, got.Location)
		}
	}
	t.Logf("%d pairs of somebody and a route of the provider's side", pairs)
}
