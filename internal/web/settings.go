package web

import (
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode"

	"github.com/gofiber/fiber/v2"

	"github.com/garant-sante/garant/frontend"
	"github.com/garant-sante/garant/internal/annex"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/word"
)

// settingsForm is one part of the settings as they are kept.
func (s *Server) settingsForm(c *fiber.Ctx, part frontend.SettingsPart) (frontend.SettingsForm, error) {
	who := actor(c)
	kept, err := s.People.Structure(c.UserContext(), who)
	if err != nil {
		return frontend.SettingsForm{}, err
	}
	form := frontend.SettingsForm{
		Part: part, Version: kept.Revision, Kept: kept, Editable: identity.Can(who, identity.EditSettings, who.Structure),
		Typed: identity.Settings{
			Name: kept.Name, LegalForm: kept.LegalForm, Address: kept.Address, FINESS: kept.FINESS, Representative: kept.Representative,
			Zone: kept.Zone, Sharing: kept.Sharing, Defaults: kept.Defaults,
		},
		Values: map[string]string{}, TemplateLimit: identity.MaxTemplate, Powers: frontend.PowersOf(who),
	}
	for _, d := range kept.Defaults {
		if variable, ok := s.Clauses.Variable(d.Variable); ok {
			form.Values[d.Variable] = frontend.TypedValue(s.printer(c), variable, d.Value)
		}
	}
	return form, nil
}

func (s *Server) settingsPage(c *fiber.Ctx) error {
	form, err := s.settingsForm(c, frontend.ParseSettingsPart(c.Query("part")))
	if err != nil {
		return err
	}
	if form.Editable && form.Kept.Template != nil && form.Part == frontend.SettingsTemplate && c.Query("remove") != "" {
		return s.page(c, fiber.StatusOK, frontend.RemoveTemplatePage(s.view(c), form))
	}
	return s.showSettings(c, fiber.StatusOK, form)
}

// showSettings shows one part; its address is that of the page, also when it answers a form.
func (s *Server) showSettings(c *fiber.Ctx, status int, form frontend.SettingsForm) error {
	v := s.view(c)
	v.Path = form.Part.Href()
	return s.page(c, status, frontend.SettingsPage(v, s.Clauses, form))
}

// settings changes one part and leaves the others as they are kept. When somebody was first, the form comes back with what
// was typed beside what is kept now; sending it again is a decision taken knowing of both.
func (s *Server) settings(c *fiber.Ctx) error {
	form, err := s.settingsForm(c, frontend.ParseSettingsPart(c.FormValue("part")))
	if err != nil {
		return err
	}
	if err := identity.Require(actor(c), identity.EditSettings, actor(c).Structure); err != nil {
		return err
	}
	current := form.Version
	form.Version = formVersion(c)
	var problems fault.Problems
	if form.Part == frontend.SettingsValues {
		form.Typed.Defaults, problems = s.typedValues(c, form)
	} else {
		form.Typed = typedIdentity(c, form.Typed)
	}
	err = problems.OrNil()
	if err == nil {
		err = s.People.ChangeSettings(c.UserContext(), actor(c), form.Version, form.Typed)
	}
	if err != nil {
		if !correctable(err) {
			return err
		}
		form.Errors = frontend.ErrorsOf(s.printer(c), err)
		if fault.KindOf(err) == fault.Conflict {
			form.Conflict, form.Version = true, current
		}
		return s.showSettings(c, statusOf(err), form)
	}
	return s.done(c, form.Part.Href(), "web.saved")
}

// typedIdentity reads the names, the address and the zone.
func typedIdentity(c *fiber.Ctx, kept identity.Settings) identity.Settings {
	line := func(name string) string { return strings.TrimSpace(c.FormValue(name)) }
	return identity.Settings{
		Name: line("name"), LegalForm: line("legal_form"), Address: line("address"), FINESS: line("finess"),
		Representative: line("representative"), Zone: line("zone"), Sharing: identity.Sharing(line("sharing")), Defaults: kept.Defaults,
	}
}

// typedValues reads the default values into the form, and gives those to keep: one left empty follows the library, one that
// the form does not ask for stays as it is.
func (s *Server) typedValues(c *fiber.Ctx, form frontend.SettingsForm) ([]identity.DefaultValue, fault.Problems) {
	var values []identity.DefaultValue
	var problems fault.Problems
	kept := form.Kept.DefaultValues()
	for _, variable := range s.Clauses.Variables {
		if !frontend.HasDefault(s.Clauses, variable) {
			if value, ok := kept.Get(variable.Name); ok {
				values = append(values, identity.DefaultValue{Variable: variable.Name, Value: string(value)})
			}
			continue
		}
		typed := strings.TrimSpace(c.FormValue(frontend.ValueField(variable.Name)))
		form.Values[variable.Name] = typed
		value, err := variable.Parse(typed)
		if wrong, ok := fault.As(err); ok {
			problems = append(problems, fault.Problem{Field: frontend.ValueField(variable.Name), Key: wrong.Key, Args: wrong.Args})
		} else if value != "" {
			values = append(values, identity.DefaultValue{Variable: variable.Name, Value: value})
		}
	}
	return values, problems
}

// uploadTemplate checks a Word template and keeps it as the structure's own.
func (s *Server) uploadTemplate(c *fiber.Ctx) error {
	if err := identity.Require(actor(c), identity.EditSettings, actor(c).Structure); err != nil {
		return err
	}
	name, data, err := uploaded(c)
	if err == nil {
		err = annex.CheckTemplate(data)
	}
	if err == nil {
		err = s.People.SetTemplate(c.UserContext(), actor(c), name, data)
	}
	if err == nil {
		return s.done(c, frontend.SettingsTemplate.Href(), "web.template-set")
	}
	if !correctable(err) && fault.KindOf(err) != fault.TooLarge {
		return err
	}
	form, readErr := s.settingsForm(c, frontend.SettingsTemplate)
	if readErr != nil {
		return readErr
	}
	for _, e := range frontend.ErrorsOf(s.printer(c), err) {
		form.Errors = append(form.Errors, frontend.FieldError{Field: "template", Message: e.Message})
	}
	return s.showSettings(c, statusOf(err), form)
}

// uploaded reads the file of the form; fault.Invalid when there is none.
func uploaded(c *fiber.Ctx) (name string, data []byte, err error) {
	header, err := c.FormFile("template")
	if err != nil || header.Size == 0 {
		return "", nil, fault.NewInvalid("settings.template.missing").Because(err)
	}
	if !strings.EqualFold(path.Ext(header.Filename), ".docx") {
		return "", nil, fault.NewInvalid("settings.template.extension")
	}
	if header.Size > identity.MaxTemplate {
		return "", nil, fault.NewTooLarge("template.too-big", "limit", identity.MaxTemplate>>20)
	}
	file, err := header.Open()
	if err != nil {
		return "", nil, fmt.Errorf("open the uploaded template: %w", err)
	}
	data, err = io.ReadAll(file)
	if err = errors.Join(err, file.Close()); err != nil {
		return "", nil, fmt.Errorf("read the uploaded template: %w", err)
	}
	return fileName(header.Filename), data, nil
}

// maxFileName is the longest file name that is kept, in characters.
const maxFileName = 120

// fileName keeps of an uploaded file's name what a page and a download can show.
func fileName(raw string) string {
	if at := strings.LastIndexAny(raw, `/\`); at >= 0 {
		raw = raw[at+1:]
	}
	name := []rune(strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(raw, ""))))
	if len(name) > maxFileName {
		name = append(name[:maxFileName-len(".docx")], []rune(".docx")...)
	}
	if len(name) == 0 {
		return "template.docx"
	}
	return string(name)
}

func (s *Server) removeTemplate(c *fiber.Ctx) error {
	if err := s.People.SetTemplate(c.UserContext(), actor(c), "", nil); err != nil {
		return err
	}
	return s.done(c, frontend.SettingsTemplate.Href(), "web.template-removed")
}

// starterTemplate gives the product's own template to start from, or the structure's own back.
func (s *Server) starterTemplate(c *fiber.Ctx) error {
	if c.Query("own") == "" {
		p := s.printer(c)
		return attachment(c, p.T("settings.template.file"), wordType, word.DefaultTemplate(p.Language().Tag()))
	}
	structure, err := s.People.Structure(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	data, err := s.People.TemplateBytes(c.UserContext(), actor(c), structure)
	if err != nil {
		return err
	}
	if data == nil {
		return fiber.ErrNotFound
	}
	return attachment(c, structure.Template.Name, wordType, data)
}
