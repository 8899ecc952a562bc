package web

import (
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/internal/adaptation"
	"github.com/garant-sante/garant/internal/annex"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/supplier"
)

// reads stands in the table of acts for a method that changes nothing.
var reads = []string{"reads"}

// acts is every method that somebody asks something of a service by, and what each leaves in the journal.
func acts() map[string][]string {
	return map[string][]string{
		"supplier.Directory.AddSupplier":     {supplier.Added},
		"supplier.Directory.AddService":      {supplier.ServiceAdded},
		"supplier.Directory.ChangeService":   {supplier.ServiceChanged},
		"supplier.Directory.Frame":           {supplier.TierMoved, supplier.ServiceFramed},
		"supplier.Directory.ChangeSupplier":  {supplier.Changed},
		"supplier.Directory.Merge":           {supplier.Merged, supplier.TookPlace, supplier.ServiceMoved, identity.ContactMoved},
		"supplier.Directory.AddContact":      {identity.ContactAdded},
		"supplier.Directory.SendContactLink": {identity.ContactLinkSent},
		"supplier.Directory.EndContact":      {identity.ContactEnded},
		"supplier.Directory.Contacts":        reads,
		"supplier.Directory.Dependences":     reads,
		"supplier.Directory.Names":           reads,
		"supplier.Directory.Shared":          reads,
		"supplier.Directory.Suppliers":       reads,
		"supplier.Directory.Alike":           reads,
		"supplier.Directory.Service":         reads,
		"supplier.Directory.Services":        reads,
		"supplier.Directory.Supplier":        reads,
		"supplier.Directory.Titles":          reads,

		"annex.Service.Edit":          {annex.Kept, annex.Dropped, annex.ValueSet, annex.Restored},
		"annex.Service.Undo":          {annex.Undone},
		"annex.Service.Freeze":        {annex.Frozen},
		"annex.Service.Drafts":        reads,
		"annex.Service.Flyer":         reads,
		"annex.Service.Render":        reads,
		"annex.Service.RenderChoices": reads,
		"annex.Service.RenderModel":   reads,
		"annex.Service.VersionFile":   reads,
		"annex.Service.Versions":      reads,
		"annex.Service.View":          reads,

		"adaptation.Clauses.Add":      {"clause.added"},
		"adaptation.Clauses.Save":     {"clause.worded"},
		"adaptation.Clauses.Keep":     {"clause.kept"},
		"adaptation.Clauses.Withdraw": {"clause.withdrawn"},
		"adaptation.Clauses.Check":    reads,
		"adaptation.Clauses.Entry":    reads,
		"adaptation.Clauses.Export":   reads,
		"adaptation.Clauses.History":  reads,
		"adaptation.Clauses.Library":  reads,
		"adaptation.Clauses.List":     reads,
		"adaptation.Clauses.Words":    reads,

		"adaptation.Questions.Add":      {"question.added"},
		"adaptation.Questions.Save":     {"question.worded"},
		"adaptation.Questions.Keep":     {"question.kept"},
		"adaptation.Questions.Withdraw": {"question.withdrawn"},
		"adaptation.Questions.Check":    reads,
		"adaptation.Questions.Entry":    reads,
		"adaptation.Questions.Export":   reads,
		"adaptation.Questions.History":  reads,
		"adaptation.Questions.Library":  reads,
		"adaptation.Questions.List":     reads,
		"adaptation.Questions.Words":    reads,

		"identity.Service.ChangeSettings":     {identity.SettingsChanged},
		"identity.Service.SetTemplate":        {identity.TemplateSet, identity.TemplateRemoved},
		"identity.Service.AddStructure":       {identity.StructureAdded},
		"identity.Service.ChangeRole":         {identity.RoleChanged},
		"identity.Service.ResetFactors":       {identity.FactorsReset},
		"identity.Service.MayResetFactors":    reads,
		"identity.Service.EndMembership":      {identity.PersonLeft, identity.SupportEnded},
		"identity.Service.Invite":             {identity.PersonInvited},
		"identity.Service.OpenSupport":        {identity.SupportOpened},
		"identity.Service.RenameRegion":       {identity.RegionRenamed},
		"identity.Service.WithdrawInvitation": {identity.InvitationWithdrawn},
		"identity.Service.AddCorrespondent":   {identity.ContactAdded},
		"identity.Service.SendLink":           {identity.ContactLinkSent},
		"identity.Service.EndCorrespondent":   {identity.ContactEnded},
		"identity.Service.Correspondents":     reads,
		"identity.Service.Colleagues":         reads,
		"identity.Service.Invitations":        reads,
		"identity.Service.MailOf":             reads,
		"identity.Service.OwnRegion":          reads,
		"identity.Service.Places":             reads,
		"identity.Service.Names":              reads,
		"identity.Service.Region":             reads,
		"identity.Service.Structure":          reads,
		"identity.Service.TemplateBytes":      reads,
	}
}

// beside lists the acts that no such method records: those of a set-up, of signing in, and of what follows another act.
func beside() []string {
	return []string{
		identity.RegionAdded, identity.PersonJoined, identity.InvitationAccepted, annex.Reframed, identity.ContactLinkAsked, identity.ContactSignedIn, identity.PersonErased,
		identity.SignedIn, identity.SignedOut, identity.SignInFailed, identity.SignInFailedOften, identity.ProofFailed, identity.ProofFailedOften,
		identity.AccountBound, identity.AccountUnbound,
	}
}

// A method that takes an actor is in the table of acts, so that whoever writes one decides what the journal keeps of it.
func TestEveryMethodOfAServiceSaysWhatItRecords(t *testing.T) {
	t.Parallel()
	actor := reflect.TypeFor[identity.Actor]()
	table, found := acts(), map[string]bool{}
	for _, service := range []reflect.Type{
		reflect.TypeFor[*supplier.Directory](), reflect.TypeFor[*annex.Service](), reflect.TypeFor[*adaptation.Clauses](),
		reflect.TypeFor[*adaptation.Questions](), reflect.TypeFor[*identity.Service](),
	} {
		for i := range service.NumMethod() {
			method := service.Method(i)
			if !takes(method.Type, actor) {
				continue
			}
			name := service.Elem().String() + "." + method.Name
			found[name] = true
			if _, known := table[name]; !known {
				t.Errorf("%s takes an actor: say in acts what it leaves in the journal, or that it reads", name)
			}
		}
	}
	for name := range table {
		if !found[name] {
			t.Errorf("%s is in the table and not in the code", name)
		}
	}
}

func takes(method, wanted reflect.Type) bool {
	for i := range method.NumIn() {
		if method.In(i) == wanted {
			return true
		}
	}
	return false
}

// recorded lists every kind of act, in order.
func recorded() []string {
	kinds := beside()
	for _, each := range acts() {
		if !cmp.Equal(each, reads) {
			kinds = append(kinds, each...)
		}
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// letterActs lists the acts that the page of letters records.
func letterActs() []string { return []string{letterDropped, letterShown, letterSent} }
