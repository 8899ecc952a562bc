package frontend

import "github.com/garant-sante/garant/internal/identity"

// factorHead says why the page is there: because the role needs a second factor, or because the person wants one.
func factorHead(v View, f FactorChoice) Page {
	page := Page{Title: v.T("account.factor.title"), Narrow: true, Lead: Text(v.T("account.factor.lead"))}
	if f.must() && f.Own.Reset {
		page.Lead = Text(v.T("account.factor.reset"))
	} else if f.must() {
		page.Lead = Text(v.T("account.factor.must"))
	} else {
		page.Crumbs = []Link{{v.T("account.title"), "/account"}}
	}
	return page
}

// accountQuestion is the head of a page that asks before something is done to the account.
func accountQuestion(v View, title string) Page {
	return Page{Title: title, Narrow: true, Crumbs: []Link{{v.T("account.title"), "/account"}}}
}

func codesLead(v View, c Codes) string {
	if c.First {
		return v.T("account.codes.lead.first")
	}
	return v.T("account.codes.lead")
}

func codesNote(v View, left int) string {
	if left == 0 {
		return v.T("account.codes.none")
	}
	return v.T("account.codes.left", "count", left)
}

func passwordNote(v View, own identity.OwnAccount) string {
	if own.Password {
		return v.T("account.password.set")
	}
	return v.T("account.password.none")
}
