package supplier

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/store"
)

// named begins the keys of records that stand: a record that another took the place of has none, and no list shows it.
const named = "\x01"

// Suppliers lists the suppliers of the actor's region by name, 50 a page; or, when search is not empty, the one that has it as
// a SIREN, or else those whose name begins with it.
func (d *Directory) Suppliers(ctx context.Context, actor identity.Actor, search, cursor string) (store.Page[Supplier], error) {
	none := store.Page[Supplier]{}
	if err := identity.Require(actor, identity.ReadSuppliers, actor.Place()); err != nil || actor.Supplier != "" {
		return none, cmp.Or(err, error(fault.NewNotFound("not-found")))
	}
	if siren := strings.Join(strings.Fields(search), ""); ValidSIREN(siren) {
		found, err := d.bySIREN(ctx, actor, siren)
		if err != nil || found == nil {
			return none, err
		}
		return store.Page[Supplier]{Items: []*Supplier{found}}, nil
	}
	query := store.Query{Index: "key", From: named, Cursor: cursor}
	if strings.TrimSpace(search) != "" {
		key := nameKey(search)
		query.From, query.To = key, key+"\uffff"
	}
	page, err := d.suppliers.In(actor.RegionTenant()).Scan(ctx, query)
	if err != nil {
		return none, fmt.Errorf("list suppliers: %w", err)
	}
	return page, nil
}

// bySIREN finds who has a SIREN in the actor's region; nil when nobody has.
func (d *Directory) bySIREN(ctx context.Context, actor identity.Actor, siren string) (*Supplier, error) {
	owner, err := d.reservations.Owner(ctx, actor.RegionTenant(), "siren", siren)
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find who has a SIREN: %w", err)
	}
	found, err := d.standing(ctx, actor, owner)
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil
	}
	return found, err
}

// legalForms are left out of the key, so that “Logimed SAS” and “LOGIMED” meet.
var legalForms = []string{"sa", "sas", "sasu", "sarl", "eurl", "snc", "scop", "gie", "gcs", "selarl", "ltd", "inc", "gmbh", "bv", "spa", "srl", "nv", "plc", "llc", "france", "groupe", "societe", "ste"}

// nameKey folds a name for search: accents, case, punctuation and legal form aside.
func nameKey(name string) string {
	words := strings.FieldsFunc(locale.Fold(name), func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9')
	})
	kept := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return slices.Contains(legalForms, w) })
	if len(kept) == 0 {
		kept = words
	}
	if len(kept) == 0 { // written in letters that do not fold: it is found as it is, after the others
		return "~" + strings.TrimSpace(locale.Fold(name))
	}
	return strings.Join(kept, " ")
}

// maxCompared bounds how many names a search for duplicates reads.
const maxCompared = 200

// Alike finds the suppliers of the region whose name is close to one that is being typed, closest first, six at most.
func (d *Directory) Alike(ctx context.Context, actor identity.Actor, name string) ([]*Supplier, error) {
	if err := identity.Require(actor, identity.ReadSuppliers, actor.Place()); err != nil {
		return nil, err
	}
	key := nameKey(name)
	if len(key) < 2 {
		return nil, nil
	}
	beginning := key[:min(len(key), 3)]
	page, err := d.suppliers.In(actor.RegionTenant()).Scan(ctx, store.Query{Index: "key", From: beginning, To: beginning + "\uffff", Limit: maxCompared})
	if err != nil {
		return nil, fmt.Errorf("search suppliers: %w", err)
	}
	close := slices.DeleteFunc(page.Items, func(s *Supplier) bool { return distance(key, s.Key) > 1+len(key)/4 && !sameBeginning(key, s.Key) })
	slices.SortStableFunc(close, func(a, b *Supplier) int { return distance(key, a.Key) - distance(key, b.Key) })
	return close[:min(len(close), 6)], nil
}

func sameBeginning(a, b string) bool {
	first := func(s string) string { w, _, _ := strings.Cut(s, " "); return w }
	return first(a) == first(b) || strings.HasPrefix(b, a)
}

// distance counts the letters to change between two keys (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := before
			if a[i-1] != b[j-1] {
				cost = 1 + min(before, row[j], row[j-1])
			}
			before, row[j] = row[j], cost
		}
	}
	return row[len(b)]
}

// Names gives the names of suppliers of the actor's region, by id; those that are gone are absent.
func (d *Directory) Names(ctx context.Context, actor identity.Actor, ids []string) (map[string]string, error) {
	if err := identity.Require(actor, identity.ReadSuppliers, actor.Place()); err != nil {
		return nil, err
	}
	found, err := d.suppliers.In(actor.RegionTenant()).GetMany(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read the names of suppliers: %w", err)
	}
	names := map[string]string{}
	for _, s := range found {
		names[s.ID] = s.Name
	}
	return names, nil
}
