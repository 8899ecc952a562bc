package identity

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/mail"
	"github.com/garant-sante/garant/internal/store"
)

// linked is a provider's link, read as a browser would: the region, the correspondent and the token.
type linked struct {
	region, id string
	token      Token
}

func providerLinkOf(t *testing.T, link string) linked {
	t.Helper()
	path, ok := strings.CutPrefix(link, "https://garant.example/provider/")
	parts := strings.Split(path, "/")
	if !ok || len(parts) != 3 {
		t.Fatalf("the link is %s", link)
	}
	return linked{parts[0], parts[1], Token(parts[2])}
}

func (h *house) exchange(t *testing.T, l linked) (Actor, Token, error) {
	t.Helper()
	session, err := h.Exchange(t.Context(), l.region, l.id, l.token, "192.0.2.1")
	if err != nil {
		return Actor{}, "", err
	}
	actor, err := h.ResumeProvider(t.Context(), session)
	return actor, session, err
}

func TestAContactComesInByALinkThatWorksOnceAndIsRenewedOnDemand(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := Provider{Region: h.admin.Region, Supplier: store.NewID(), Name: "Logimed"}
	link, err := h.AddCorrespondent(t.Context(), h.admin, p, NewCorrespondent{Mail: "Max@Logimed.example", Name: " Max ", Position: "RSSI", Language: locale.English})
	must(t, err)
	first := providerLinkOf(t, link)

	for range 3 { // looking uses nothing up: a mail scanner may
		state, err := h.LinkOf(t.Context(), first.region, first.id, first.token, "192.0.2.1")
		must(t, err)
		want := LinkState{Supplier: "Logimed", On: h.admin.PlaceName, Name: "Max", Open: true, Until: h.now.Add(7 * 24 * time.Hour)}
		if diff := cmp.Diff(want, state); diff != "" {
			t.Errorf("the link (-want +got):\n%s", diff)
		}
	}
	actor, session, err := h.exchange(t, first)
	must(t, err)
	want := Actor{Person: first.id, Name: "Max", Region: p.Region, Supplier: p.Supplier, Role: ProviderContact, PlaceName: "Logimed"}
	if diff := cmp.Diff(want, actor); diff != "" {
		t.Errorf("who came in (-want +got):\n%s", diff)
	}
	_, _, err = h.exchange(t, first)
	refused(t, "the link again", err, fault.Conflict, "identity.provider-link-used")

	must(t, h.RenewLink(t.Context(), first.region, first.id, first.token, "192.0.2.1"))
	acts := h.acts(t, RegionTenant(p.Region))
	acts = slices.DeleteFunc(acts, func(a string) bool { return !strings.HasPrefix(a, "contact.") })
	if diff := cmp.Diff([]string{
		"contact.added as administrator on correspondents", "contact.link-asked as contact on correspondents", "contact.signed-in as contact on correspondents",
	}, acts); diff != "" {
		t.Errorf("the region's journal (-want +got):\n%s", diff)
	}
	var letters []mail.Message
	for _, m := range h.letters {
		if m.Kind == mail.ProviderLink {
			letters = append(letters, m)
		}
	}
	if len(letters) != 2 || letters[1].To != (mail.Address{Name: "Max", Mail: "max@logimed.example"}) || letters[1].Language != locale.English || letters[1].Structure != h.admin.PlaceName {
		t.Fatalf("letters: %+v", letters)
	}
	second := providerLinkOf(t, letters[1].Link)
	_, err = h.LinkOf(t.Context(), first.region, first.id, first.token, "192.0.2.1")
	refused(t, "the first link once renewed", err, fault.NotFound, "identity.provider-link")
	_, other, err := h.exchange(t, second)
	must(t, err)
	if _, err := h.ResumeProvider(t.Context(), session); err != nil {
		t.Errorf("the session of another browser: %v", err)
	}
	must(t, h.LeaveProvider(t.Context(), other))
	_, err = h.ResumeProvider(t.Context(), other)
	refused(t, "a session that was left", err, fault.NotFound, "store.not-found")
}

func TestProvidersLinksAndSessionsEnd(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := Provider{Region: h.admin.Region, Supplier: store.NewID(), Name: "Logimed"}
	link, err := h.AddCorrespondent(t.Context(), h.admin, p, NewCorrespondent{Mail: "max@logimed.example", Name: "Max"})
	must(t, err)
	late := providerLinkOf(t, link)
	h.now = h.now.Add(7 * 24 * time.Hour)
	_, _, err = h.exchange(t, late)
	refused(t, "a link after a week", err, fault.Conflict, "identity.provider-link-used")
	link, err = h.SendLink(t.Context(), h.admin, p, late.id)
	must(t, err)
	_, session, err := h.exchange(t, providerLinkOf(t, link))
	must(t, err)
	for range 3 {
		h.now = h.now.Add(3*time.Hour + 59*time.Minute)
		if _, err := h.ResumeProvider(t.Context(), session); err != nil {
			t.Fatalf("in use: %v", err)
		}
	}
	h.now = h.now.Add(time.Hour)
	_, err = h.ResumeProvider(t.Context(), session)
	refused(t, "after twelve hours", err, fault.NotFound, "not-found")
	must(t, h.Sweep(t.Context()))
	_, err = h.ResumeProvider(t.Context(), session)
	refused(t, "swept", err, fault.NotFound, "store.not-found")
}

func TestAContactLetsColleaguesInAndOutAndNobodyElse(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := Provider{Region: h.admin.Region, Supplier: store.NewID(), Name: "Logimed"}
	elsewhere := Provider{Region: h.admin.Region, Supplier: store.NewID(), Name: "Autre"}
	enter := func(who Actor, in Provider, address string) (Actor, Token) {
		link, err := h.AddCorrespondent(t.Context(), who, in, NewCorrespondent{Mail: address, Name: address[:3]})
		must(t, err)
		actor, session, err := h.exchange(t, providerLinkOf(t, link))
		must(t, err)
		return actor, session
	}
	max, _ := enter(h.admin, p, "max@logimed.example")
	ida, _ := enter(h.admin, p, "ida@logimed.example")
	leo, session := enter(max, p, "leo@logimed.example")
	stranger, _ := enter(h.admin, elsewhere, "sam@autre.example")
	if leo.Role != ProviderColleague {
		t.Errorf("a contact made a %s", leo.Role)
	}
	reader := h.admin
	reader.Role = Reader
	add := func(who Actor, in Provider, address string) error {
		_, err := h.AddCorrespondent(t.Context(), who, in, NewCorrespondent{Mail: address, Name: "N"})
		return err
	}
	far := h.admin
	far.Region = store.NewID()
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"a colleague letting somebody in":  {add(leo, p, "new@logimed.example"), "forbidden"},
		"a reader naming a contact":        {add(reader, p, "new@logimed.example"), "forbidden"},
		"somebody of another supplier":     {add(stranger, p, "new@logimed.example"), "not-found"},
		"somebody of another region":       {add(far, p, "new@logimed.example"), "not-found"},
		"an address that is there":         {add(h.admin, p, "LEO@logimed.example"), "mail identity.contact-already"},
		"nothing":                          {add(h.admin, p, ""), "mail identity.mail"},
		"a colleague ending a contact":     {h.EndCorrespondent(t.Context(), leo, p, max.Person), "forbidden"},
		"a contact ending another":         {h.EndCorrespondent(t.Context(), max, p, ida.Person), "forbidden"},
		"ending somebody under their name": {h.EndCorrespondent(t.Context(), h.admin, elsewhere, ida.Person), "not-found"},
		"a link for somebody elsewhere":    {func() error { _, err := h.SendLink(t.Context(), stranger, p, ida.Person); return err }(), "not-found"},
	} {
		if got := problemsOf(c.err); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	must(t, h.EndCorrespondent(t.Context(), max, p, leo.Person))
	_, err := h.ResumeProvider(t.Context(), session)
	refused(t, "a session of somebody whose access ended", err, fault.NotFound, "not-found")
	must(t, h.EndCorrespondent(t.Context(), ida, p, ida.Person)) // everybody may leave
	left, err := h.Correspondents(t.Context(), h.admin, p)
	must(t, err)
	if len(left) != 1 || left[0].ID != max.Person {
		t.Errorf("%d are left", len(left))
	}
	must(t, h.EndCorrespondent(t.Context(), h.admin, p, max.Person))
}

func TestAskingForLinksTellsNobodyWhoIsThere(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := Provider{Region: h.admin.Region, Supplier: store.NewID(), Name: "Logimed"}
	_, err := h.AddCorrespondent(t.Context(), h.admin, p, NewCorrespondent{Mail: "max@logimed.example", Name: "Max"})
	must(t, err)
	for range linksPerAddress + 2 { // beyond the limit nothing more leaves, and the answer stays the same
		must(t, h.AskLinks(t.Context(), p.Region, "Max@logimed.example", "192.0.2.1"))
	}
	must(t, h.AskLinks(t.Context(), p.Region, "nobody@logimed.example", "192.0.2.1"))
	must(t, h.AskLinks(t.Context(), "nowhere", "max@logimed.example", "192.0.2.1"))
	if err := h.AskLinks(t.Context(), p.Region, "max", "192.0.2.1"); problemsOf(err) != "mail identity.mail" {
		t.Errorf("what is no address: %v", err)
	}
	h.acts(t, RegionTenant(p.Region))
	sent := 0
	for _, m := range h.letters {
		if m.Kind == mail.ProviderLink {
			sent++
		}
	}
	if sent != 1+linksPerAddress {
		t.Errorf("%d letters, want %d", sent, 1+linksPerAddress)
	}
	for range attemptsPerNetwork {
		if _, err := h.LinkOf(t.Context(), p.Region, store.NewID(), "guess", "192.0.2.9"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a guess: %v", err)
		}
	}
	if _, err := h.LinkOf(t.Context(), p.Region, store.NewID(), "guess", "192.0.2.9"); fault.KindOf(err) != fault.TooMany {
		t.Errorf("after too many guesses: %v", err)
	}
}

// problemsOf is the key of a fault, or the fields and keys of problems.
func problemsOf(err error) string {
	var problems fault.Problems
	if errors.As(err, &problems) {
		return problems[0].Field + " " + problems[0].Key
	}
	if f, ok := fault.As(err); ok {
		return f.Key
	}
	return ""
}
