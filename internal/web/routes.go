package web

import (
	"github.com/gofiber/fiber/v2"

	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/journal"
)

// routes is the whole portal on one page.
func (s *Server) routes() {
	app := s.app
	app.Use(s.observe, s.recover, s.headers)
	app.Get("/healthz", s.alive)
	app.Get("/readyz", s.ready)
	app.Use(s.encrypted)
	app.Get("/assets/:name", s.asset)

	app.Use(s.language, s.deadline, s.session, s.body, s.forms, s.owing)

	// Before signing in.
	app.Get("/", s.home)
	app.Get("/setup/:token", s.setupPage)
	app.Post("/setup/:token", s.setup)
	app.Post("/setup/:token/demo", s.lookAround)
	app.Get("/sign-in", s.signInPage)
	app.Post("/sign-in", s.signIn)
	app.Post("/language", s.setLanguage)
	app.Post("/sign-out", s.signOut)
	s.proofRoutes()

	app.Get("/invitations/:place/:token", s.guestPage)
	app.Post("/invitations/:place/:token", s.join)
	app.Post("/invitations/:place/:token/with/:issuer", s.joinAt)

	// The library is public reading, for whoever is signed in or not.
	app.Get("/library", s.libraryPage)
	app.Get("/library/search", s.librarySearch)
	app.Get("/library/download.:format", s.downloadLibrary)
	app.Get("/library/families/:family", s.familyPage)
	app.Get("/library/clauses/:id", s.clausePage)
	app.Get("/library/clauses/:id/versions/:version", s.clauseVersionPage)
	app.Get("/library/models/:model", s.blankModel)
	app.Get("/library/variables", s.variablesPage)
	app.Get("/library/references", s.referencesPage)
	app.Get("/library/questions", s.questionsPage)
	app.Get("/library/questions/:id", s.questionPage)
	app.Get("/library/questions/:id/versions/:version", s.questionVersionPage)
	app.Get("/library/coverage", s.coveragesPage)
	app.Get("/library/coverage/:framework", s.coveragePage)

	s.providerRoutes()

	app.Use("/account", s.known)
	s.accountRoutes()

	app.Use(s.signedIn)

	app.Get("/library/ours", s.oursPage)
	app.Get("/library/ours/export", s.exportTexts(s.Wordings, "ours.export.file"))
	app.Get("/library/ours/new", s.newWordingPage)
	app.Post("/library/ours/new", s.saveWording)
	app.Post("/library/ours/new/check", s.checkWording)
	app.Get("/library/ours/questions/export", s.exportTexts(s.Askings, "ours.question.export.file"))
	app.Get("/library/ours/questions/new", s.newAskingPage)
	app.Post("/library/ours/questions/new", s.saveAsking)
	app.Post("/library/ours/questions/new/check", s.checkAsking)
	app.Get("/library/ours/questions/:id", s.askingPage)
	app.Post("/library/ours/questions/:id", s.saveAsking)
	app.Post("/library/ours/questions/:id/check", s.checkAsking)
	app.Get("/library/ours/:id", s.wordingPage)
	app.Post("/library/ours/:id", s.saveWording)
	app.Post("/library/ours/:id/check", s.checkWording)
	s.textRoutes("/library/ours/questions/:id", s.questionText, s.questionHistory, s.Askings, "ours.question.export.file")
	s.textRoutes("/library/ours/:id", s.clauseText, s.clauseHistory, s.Wordings, "ours.export.file")

	edits := s.may(identity.EditServices) // a form that is filled in for nothing is not shown
	app.Get("/services", s.servicesPage)
	app.Get("/services/new", edits, s.newServicePage)
	app.Post("/services/new", edits, s.newService)
	app.Get("/services/:service", s.servicePage)
	app.Get("/services/:service/contract", edits, s.contractPage)
	app.Post("/services/:service/contract", edits, s.contract)
	app.Get("/services/:service/framing", edits, s.framingPage)
	app.Post("/services/:service/framing", edits, s.framing)
	app.Post("/services/:service/framing/tier", edits, s.liveTier)

	app.Get("/services/:service/annex", s.builderPage)
	app.Post("/services/:service/annex", s.editAnnex)
	app.Post("/services/:service/annex/undo", s.undoAnnex)
	app.Get("/services/:service/annex/read", s.readAnnexPage)
	app.Post("/services/:service/annex/versions", s.freezeAnnex)
	app.Get("/services/:service/annex/versions/:number/annex.docx", s.downloadVersion(false, "docx", wordType))
	app.Get("/services/:service/annex/versions/:number/annex.html", s.downloadVersion(true, "html", fiber.MIMETextHTMLCharsetUTF8))
	app.Get("/services/:service/annex.docx", s.downloadWord)
	app.Get("/services/:service/annex.html", s.downloadHTML)
	app.Get("/services/:service/choices.docx", s.downloadChoices)
	app.Get("/services/:service/models/:model", s.downloadModel)
	app.Get("/services/:service/flyer.docx", s.downloadFlyer)
	app.Get("/services/:service/flyer.html", s.downloadFlyer)

	s.supplierRoutes()

	app.Get("/people", s.peoplePage)
	app.Post("/people/invite", s.invite)
	app.Get("/people/support", s.freshly("", s.supportPage))
	app.Post("/people/support", s.freshly("", s.openSupport))
	app.Post("/people/invitations/:id/withdraw", s.withdrawInvitation)
	app.Post("/people/:person/role", s.proved("/people", s.changeRole))
	app.Get("/people/:person/reset", s.freshly("", s.resetPage))
	app.Post("/people/:person/reset", s.freshly("", s.resetFactors))
	app.Get("/people/:person/remove", s.proved("", s.removePage))
	app.Post("/people/:person/remove", s.proved("/people", s.remove))
	app.Get("/places", s.placesPage)
	app.Post("/places", s.switchPlace)
	app.Get("/region", s.regionPage)
	app.Post("/region", s.renameRegion)
	app.Post("/region/structures", s.addStructure)

	app.Get("/settings", s.settingsPage)
	app.Post("/settings", s.settings)
	app.Post("/settings/template", s.uploadTemplate)
	app.Post("/settings/template/remove", s.removeTemplate)
	app.Get("/settings/template.docx", s.starterTemplate)

	app.Use("/journal", s.may(identity.ReadJournal))
	app.Get("/journal", s.journalPage)
	app.Post("/journal/verify", s.verifyJournal)
	app.Get("/journal/export.csv", s.proved("", s.exportJournal(journal.CSV, "text/csv; charset=utf-8")))
	app.Get("/journal/export.jsonl", s.proved("", s.exportJournal(journal.JSONLines, "application/jsonl")))

	app.Use("/mail", s.may(identity.ReadMail))
	app.Get("/mail", s.lettersPage)
	app.Use("/mail/:letter", s.may(identity.EditMail))
	app.Post("/mail/:letter/link", s.showLetterLink)
	app.Post("/mail/:letter/send", s.moveLetter(letterSent, "web.letter-sent", s.Letters.SendAgain))
	app.Get("/mail/:letter/drop", s.dropLetterPage)
	app.Post("/mail/:letter/drop", s.moveLetter(letterDropped, "web.letter-dropped", s.Letters.Drop))

	app.Use(func(*fiber.Ctx) error { return fiber.ErrNotFound })
}

// textRoutes are the pages that the structure's clauses and its questions have alike.
func (s *Server) textRoutes(at string, read, history ourText, in shelf, archive string) {
	s.app.Get(at+"/model", s.ourModelPage(read))
	s.app.Post(at+"/keep", s.keepText(in))
	s.app.Get(at+"/history", s.ourHistoryPage(history))
	s.app.Get(at+"/withdraw", s.withdrawPage(read))
	s.app.Post(at+"/withdraw", s.withdrawText(in))
	s.app.Get(at+"/export", s.exportTexts(in, archive))
}
