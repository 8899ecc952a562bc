package identity

import (
	"testing"

	"github.com/garant-sante/garant/internal/fault"
)

func TestEachRoleMayDoWhatTheTableSaysAndNothingElse(t *testing.T) {
	t.Parallel()
	roles := []Role{Buyer, SecurityOfficer, DPO, Reader, Administrator, Referent, RegionAdministrator, LocalOperator, "", "root", Support}
	want := map[Action]string{ // in the order of roles: buyer, security officer, DPO, reader, administrator; referent, administrator of a region; operator, none, unknown; support
		ReadServices:     "yes yes yes yes yes no no yes no no yes",
		EditServices:     "yes yes no no yes no no yes no no no",
		MoveTier:         "no yes no no yes no no yes no no no",
		EditAnnex:        "yes yes no no yes no no yes no no no",
		ReadChoices:      "yes yes yes no yes no no yes no no yes",
		ReadTexts:        "yes yes yes yes yes yes yes yes no no yes",
		EditClauses:      "no yes no no yes yes yes yes no no no",
		EditSettings:     "no no no no yes no no yes no no no",
		ReadPeople:       "yes yes yes yes yes yes yes no no no yes",
		EditPeople:       "no no no no yes no yes no no no no",
		ReadJournal:      "no yes yes no yes no yes no no no yes",
		ReadMail:         "no no no no yes no yes no no no yes",
		EditMail:         "no no no no yes no yes no no no no",
		ReadRegion:       "no no no no no yes yes no no no no",
		EditRegion:       "no no no no no no yes no no no no",
		ReadSuppliers:    "yes yes yes yes yes yes yes yes no no yes",
		EditSuppliers:    "yes yes no no yes yes yes yes no no no",
		MergeSuppliers:   "no no no no no yes no no no no no",
		InviteColleagues: "no no no no no no no no no no no",
		"":               "no no no no no no no no no no no",
		"delete-all":     "no no no no no no no no no no no",
	}
	got := map[Action]string{}
	for action := range want {
		for i, role := range roles {
			if i > 0 {
				got[action] += " "
			}
			got[action] += map[bool]string{true: "yes", false: "no"}[Can(Actor{Structure: "mine", Role: role}, action, "mine")]
			for _, elsewhere := range []string{"theirs", ""} {
				if Can(Actor{Structure: "mine", Role: role}, action, elsewhere) || Can(Actor{Role: role}, action, elsewhere) {
					t.Errorf("%s may %s in structure %q, which is not theirs", role, action, elsewhere)
				}
			}
		}
	}
	same(t, "who may do what", got, want)
}

func TestAnotherStructuresThingsDoNotExist(t *testing.T) {
	t.Parallel()
	admin, reader := Actor{Structure: "mine", Role: Administrator}, Actor{Structure: "mine", Role: Reader}
	refused(t, "another structure", Require(admin, ReadServices, "theirs"), fault.NotFound, "not-found")
	refused(t, "no structure", Require(admin, ReadServices, ""), fault.NotFound, "not-found")
	refused(t, "nobody", Require(Actor{}, ReadServices, ""), fault.NotFound, "not-found")
	refused(t, "beyond the role", Require(reader, EditSettings, "mine"), fault.Forbidden, "forbidden")
	refused(t, "another structure, beyond the role", Require(reader, EditSettings, "theirs"), fault.NotFound, "not-found")
	must(t, Require(admin, EditSettings, "mine"))
}
