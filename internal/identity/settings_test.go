package identity

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/store"
)

func settings() Settings {
	return Settings{
		Name: "CH de Vallombreuse", LegalForm: "établissement public de santé", Address: "1 place de la Santé, 97400 Saint-Denis", FINESS: "970999991",
		Representative: "le directeur", Zone: "Indian/Reunion", Sharing: SharesSummary, Defaults: []DefaultValue{{"delai_pas_jours", "20"}},
	}
}

func TestSettingsChangeAtTheVersionTheyWereReadWith(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	_, who := p.setUp(t)
	before, err := p.Structure(t.Context(), who)
	must(t, err)
	must(t, p.ChangeSettings(t.Context(), who, before.Revision, settings()))
	after, err := p.Structure(t.Context(), who)
	must(t, err)
	x := settings()
	want := &Structure{
		Region: who.Region, Name: x.Name, LegalForm: x.LegalForm, Address: x.Address, FINESS: x.FINESS, Representative: x.Representative, Zone: x.Zone, Defaults: x.Defaults,
		Members: before.Members, Revision: 1, Sharing: SharesSummary,
	}
	if diff := cmp.Diff(want, after, cmpopts.IgnoreFields(Structure{}, "Meta", "Events")); diff != "" {
		t.Errorf("structure (-want +got):\n%s", diff)
	}
	same(t, "time zone", after.Location().String(), "Indian/Reunion")
	own, _ := after.DefaultValues().Get("delai_pas_jours")
	same(t, "default value", string(own), "20")
	refused(t, "at the older version", p.ChangeSettings(t.Context(), who, before.Revision, settings()), fault.Conflict, "store.changed")
}

func TestSettingsAreForAdministratorsOfTheStructure(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	_, who := p.setUp(t)
	structure, err := p.Structure(t.Context(), who)
	must(t, err)
	reader, nobody, stranger := who, who, who
	reader.Role, nobody.Role, stranger.Structure = Reader, "", store.NewID()
	refused(t, "a reader changing", p.ChangeSettings(t.Context(), reader, structure.Revision, settings()), fault.Forbidden, "forbidden")
	refused(t, "a reader's template", p.SetTemplate(t.Context(), reader, "x.docx", []byte("x")), fault.Forbidden, "forbidden")
	_, err = p.Structure(t.Context(), reader)
	must(t, err)
	_, err = p.Structure(t.Context(), nobody)
	refused(t, "no role", err, fault.Forbidden, "forbidden")
	if _, err := p.Structure(t.Context(), stranger); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a structure that does not exist: %v", err)
	}
	structure.Template = &Template{File: store.NewID()}
	_, err = p.TemplateBytes(t.Context(), stranger, structure)
	refused(t, "another structure's template", err, fault.NotFound, "not-found")
}

func TestSettingsTellAllThatIsWrongAtOnce(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 201)
	same(t, "nothing wrong", settings().Validate(), fault.Problems(nil))
	same(t, "all wrong", Settings{LegalForm: long, Address: "a\r\nb", FINESS: long, Representative: long, Zone: "Mars/Olympus"}.Validate(), fault.Problems{
		{Field: "name", Key: "identity.structure-name"}, {Field: "legal_form", Key: "value.too-long", Args: []any{"limit", 200}},
		{Field: "address", Key: "value.one-line"}, {Field: "finess", Key: "value.too-long", Args: []any{"limit", 20}},
		{Field: "representative", Key: "value.too-long", Args: []any{"limit", 200}}, {Field: "zone", Key: "identity.zone"},
	})
}

func TestEveryZoneOfTheListExists(t *testing.T) {
	t.Parallel()
	for _, name := range Zones() {
		same(t, name, (&Structure{Zone: name}).Location().String(), name)
	}
	for _, name := range []string{"", "Mars/Olympus"} {
		same(t, "fallback", (&Structure{Zone: name}).Location().String(), DefaultZone)
	}
}

func TestATemplateIsKeptReplacedAndRemoved(t *testing.T) {
	t.Parallel()
	p := newPortal(t).sealed(t)
	_, who := p.setUp(t)
	now := func() (*Structure, []byte) {
		structure, err := p.Structure(t.Context(), who)
		must(t, err)
		data, err := p.TemplateBytes(t.Context(), who, structure)
		must(t, err)
		return structure, data
	}
	_, data := now()
	same(t, "none at first", data, []byte(nil))
	large := bytes.Repeat([]byte("docx"), 1<<19) // more than one chunk
	must(t, p.SetTemplate(t.Context(), who, "modèle.docx", large))
	one, data := now()
	if !bytes.Equal(data, large) {
		t.Error("the template does not come back as it was given")
	}
	same(t, "template", one.Template, &Template{File: one.Template.File, Name: "modèle.docx", Size: int64(len(large)), Set: p.now})
	p.now = p.now.Add(time.Hour)
	must(t, p.SetTemplate(t.Context(), who, "autre.docx", []byte("other")))
	_, data = now()
	same(t, "the other template", string(data), "other")
	if _, err := p.TemplateBytes(t.Context(), who, one); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a template that was replaced is still there: %v", err)
	}
	must(t, p.SetTemplate(t.Context(), who, "", nil))
	structure, data := now()
	same(t, "none at last", []any{structure.Template, data}, []any{(*Template)(nil), []byte(nil)})
	refused(t, "one too large", p.SetTemplate(t.Context(), who, "x.docx", make([]byte, MaxTemplate+1)), fault.TooLarge, "store.file-too-large")
}
