package web

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/garant-sante/garant/frontend"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
)

// actor is who is signed in.
func (b *browser) actor() identity.Actor {
	b.t.Helper()
	who, err := b.People.Resume(b.t.Context(), identity.Token(b.cookies["garant-session"].Value))
	must(b.t, err)
	return who
}

// deliver carries out what waits.
func (g *garant) deliver() {
	g.t.Helper()
	_, err := g.events.RunOnce(g.t.Context())
	must(g.t, err)
}

// append puts an act in a journal as if its event were delivered.
func (g *garant) append(tenant store.Tenant, act journal.Act) {
	g.t.Helper()
	var waiting outbox.Pending
	must(g.t, journal.Record(&waiting, act))
	must(g.t, g.Journal.Append(g.t.Context(), outbox.Delivery{Event: waiting.Events[0], Tenant: tenant}))
}

func TestTheJournalSaysInPlainWordsWhoDidWhat(t *testing.T) {
	t.Parallel()
	b := newGarant(t).browser()
	b.lookAround()
	b.shows("before anything is delivered", b.get("/journal"), "Rien encore", "Camille Exemple a changé le cadrage")
	b.deliver()
	who := b.actor()
	page := b.get("/journal")
	b.wants("the journal", page, http.StatusOK, "")
	b.shows("the journal", page, "15 janvier 2027", "9 h 00", who.Name+" a changé le cadrage de « Dossier patient en ligne »",
		"L’annexe de « Dossier patient en ligne » a suivi le nouveau cadrage fait par "+who.Name, "Rôle administrateur", "Vérifiée pas encore")
	if !regexp.MustCompile(`<a href="/services/[0-9a-v]{26}/annex">Dossier patient en ligne</a>`).MatchString(page.Body) {
		t.Error("the annex is no link to its page")
	}
	b.shows("narrowed to an act", b.get("/journal?act=service.added"), "a ajouté la prestation « Dossier patient en ligne »", "Tout le journal")
	if got := text(b.get("/journal?act=service.added").Body); strings.Contains(got, "a fixé une valeur") || strings.Contains(got, "a suivi le nouveau cadrage") {
		t.Errorf("narrowed to an act, the page shows others:\n%s", got)
	}
	b.shows("narrowed to a day without acts", b.get("/journal?from=2027-01-16&who="+who.Person), "Aucune ligne ne correspond")
	b.shows("narrowed to its day, both ends in it", b.get("/journal?from=2027-01-15&to=2027-01-15"), "Schéma directeur")
	wrong := b.get("/journal?from=hier")
	b.wants("no date", wrong, http.StatusUnprocessableEntity, "")
	b.shows("no date", wrong, "Un point est à corriger")
	object := regexp.MustCompile(`object=(services%2F[0-9a-v]{26})`).FindStringSubmatch(page.Body)
	if object == nil {
		t.Fatal("no line leads to what was done to the same object")
	}
	b.shows("narrowed to an object", b.get("/journal?object="+object[1]), "Seulement ce qui touche à")
	b.language = "en"
	b.shows("in English", b.get("/journal"), "changed the framing of “", "The chain")
}

func TestEveryActHasItsWordsAndIsSearchedBy(t *testing.T) {
	t.Parallel()
	g := newGarant(t)
	kinds := append(recorded(), letterActs()...)
	slices.Sort(kinds)
	listed := frontend.ActKinds()
	slices.Sort(listed)
	same(t, "acts that the journal is searched by", listed, kinds)
	for _, kind := range kinds {
		for _, key := range []string{"trail.act." + kind, "trail.kind." + kind} {
			if !g.Words.In("fr").Has(key) {
				t.Errorf("no words for %s", key)
			}
		}
	}
}

func TestThePagesOfAJournalFollowOneAnother(t *testing.T) {
	t.Parallel()
	b := newGarant(t).browser()
	b.lookAround()
	tenant := b.actor().Tenant()
	for i := range 60 {
		b.append(tenant, journal.Act{Who: "gone", Kind: "clause.worded", Object: "adaptations/PAT-02", When: b.now.Add(time.Duration(i) * time.Second)})
	}
	first := b.get("/journal?act=clause.worded")
	same(t, "lines of the first page", strings.Count(first.Body, `class="list-group-item trail-line"`), 50)
	b.shows("the first page", first, "Une personne partie a récrit la clause PAT-02", "n° 60")
	next := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(first.Body)
	if next == nil {
		t.Fatal("nothing leads to the second page")
	}
	second := b.get(strings.ReplaceAll(next[1], "&amp;", "&"))
	same(t, "lines of the second page", strings.Count(second.Body, `class="list-group-item trail-line"`), 10)
	b.shows("the second page", second, "n° 1", "précédent")
}

func TestTheChainIsVerifiedOnDemand(t *testing.T) {
	t.Parallel()
	b := newGarant(t).browser()
	b.lookAround()
	b.deliver()
	head, err := b.Journal.Head(t.Context(), b.actor().Tenant())
	must(t, err)
	page := b.get("/journal")
	b.shows("unverified", page, string(head.Hash[:16]), "Vérifiée pas encore")
	b.wants("verifying", b.post("/journal/verify"), http.StatusSeeOther, "/journal#chain")
	b.now = b.now.Add(2 * time.Minute)
	b.shows("verified", b.get("/journal"), "Le journal est intact", "il y a 2 minutes", "telles qu’écrites")

	must(t, b.engine.DeleteMany(t.Context(), "journal", b.actor().Tenant(), []string{"000000000007"}))
	b.wants("verifying a broken chain", b.post("/journal/verify"), http.StatusSeeOther, "/journal#chain")
	broken := b.get("/journal")
	b.shows("a broken chain", broken, "Rompue à la ligne 7 : elle manque, alors que d’autres la suivent", "Prévenez qui tient le serveur")
	b.hides("a broken chain", broken, "Le journal est intact")
}

func TestAJournalIsExportedAsItIsSearched(t *testing.T) {
	t.Parallel()
	b := newGarant(t).browser()
	b.lookAround()
	b.deliver()
	table := b.get("/journal/export.csv?act=service.added")
	b.wants("the table", table, http.StatusOK, "")
	same(t, "lines of the table", strings.Count(table.Body, "\r\n"), 6)
	same(t, "its name", strings.Contains(table.Header.Get("Content-Disposition"), `filename="journal-2027-01-15.csv"`), true)
	lines := b.get("/journal/export.jsonl?act=service.added")
	same(t, "lines of JSON", strings.Count(lines.Body, `"act":"service.added"`), 5)
	for _, export := range []answer{table, lines} {
		b.hides("an export", export, b.actor().Name)
	}
	b.wants("no date", b.get("/journal/export.csv?to=demain"), http.StatusUnprocessableEntity, "")
	b.wants("no format", b.get("/journal/export.xlsx"), http.StatusNotFound, "")
}

func TestAJournalIsForThoseWhoMayReadIt(t *testing.T) {
	t.Parallel()
	b := newGarant(t).browser()
	b.wants("nobody", b.get("/journal"), http.StatusSeeOther, "/sign-in?next=%2Fjournal")
	b.lookAround()
	b.shows("the settings of who may", b.get("/settings"), "lecture et vérification")
	for _, role := range []identity.Role{identity.Buyer, identity.Reader, ""} {
		same(t, string(role), frontend.PowersOf(identity.Actor{Structure: "s", Region: "r", Role: role}), frontend.Powers{})
	}
	same(t, "a data protection officer", frontend.PowersOf(identity.Actor{Structure: "s", Region: "r", Role: identity.DPO}), frontend.Powers{Journal: true})
}
