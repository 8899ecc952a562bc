package mail

import (
	"bytes"
	"flag"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/outbox"
)

var update = flag.Bool("update", false, "write the golden files again")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		must(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	must(t, err)
	same(t, got, string(want))
}

// samples has a message of each kind.
func samples() []Message {
	const account = "https://garant.example/account"
	hospitalName := "Centre hospitalier de Vallombreuse"
	when, until := time.Date(2027, 1, 15, 13, 5, 0, 0, time.UTC), time.Date(2027, 2, 1, 7, 30, 0, 0, time.UTC)
	list := []Message{
		{Kind: Invitation, Structure: hospitalName, By: "Hugo Lemaire", Link: secretLink, Until: until},
		{Kind: ProviderLink, Structure: hospitalName, Link: "https://garant.example/reply/k3NfT8uYb2", Until: until},
		{Kind: Recovery, Link: "https://garant.example/recover/Zp4Lw9aQ1e", Until: until},
		{Kind: MethodAdded, Method: "clé de sécurité « Bureau »", When: when, Link: account},
		{Kind: MethodRemoved, Method: "application d'authentification", When: when, Link: account},
		{Kind: PasswordChanged, When: when, Link: account},
		{Kind: NewDevice, Method: "Firefox, Windows", When: when, Link: account},
		{
			Kind: JournalHead, Structure: hospitalName, When: when, Entries: 1482, Link: "https://garant.example/journal",
			Head: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
		},
		{Kind: AccessEnded, Structure: hospitalName, When: when},
		{Kind: FactorsReset, Structure: hospitalName, By: "Hugo Lemaire", When: when, Link: account},
		{Kind: MailChange, Link: "https://garant.example/account/address/Zp4Lw9aQ1e", Until: until},
		{Kind: MailChanged, When: when, Link: account},
		{Kind: Test},
	}
	for i := range list {
		list[i].To, list[i].Zone = Address{"Claire Renaud", "claire.renaud@hopital.example"}, "Europe/Paris"
	}
	return list
}

func TestEachKindReadsWellInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, l := range locale.Languages() {
		var text strings.Builder
		for _, m := range samples() {
			must(t, m.check())
			m.Language = l
			r, err := Render(catalogue(t), m, "https://garant.example")
			must(t, err)
			text.WriteString("=== " + string(m.Kind) + "\n" + r.Subject + "\n\n" + r.Text + "\n")
			golden(t, string(m.Kind)+"."+string(l)+".html", r.HTML)
		}
		digested := samples()[7:9]
		r, err := render(catalogue(t).In(l), Message{Kind: digest, Language: l, To: Address{Name: "Claire Renaud"}}, digested, "")
		must(t, err)
		text.WriteString("=== digest\n" + r.Subject + "\n\n" + r.Text)
		golden(t, "digest."+string(l)+".html", r.HTML)
		golden(t, "letters."+string(l)+".txt", text.String())
	}
}

func TestWhatPeopleNamedCannotBecomeMarkupOrHeaders(t *testing.T) {
	t.Parallel()
	office := openOffice(t, bare)
	b := begin(t, newEngine(t), office.server("smtp+insecure://"))
	m := invitation("claire@hospital.example")
	m.To.Name = "Claire\r\nBcc: all@hospital.example\r\n\r\n<b>Hello</b>"
	m.Structure = "A & B <script>alert(1)</script>\r\nX-Evil: yes " + strings.Repeat("é", 500)
	m.By = "\u2028Hugo\x00\x1b[31m {{.structure}}"
	id := b.ask(t, m)
	b.runOnce(t, 1)
	raw := office.messages()[0].Raw
	parsed, err := netmail.ReadMessage(strings.NewReader(raw))
	must(t, err)
	header := map[string]string{}
	decoder := mime.WordDecoder{}
	for name, values := range parsed.Header {
		same(t, len(values), 1)
		header[name], err = decoder.DecodeHeader(values[0])
		must(t, err)
	}
	kind, parameters, err := mime.ParseMediaType(header["Content-Type"])
	must(t, err)
	same(t, kind, "multipart/alternative")
	delete(header, "Content-Type")
	structure := "A & B <script>alert(1)</script> X-Evil: yes " + strings.Repeat("é", longestName-45) + "…"
	same(t, header, map[string]string{
		"From": `"Garant" <garant@portal.example>`, "To": `"Claire Bcc: all@hospital.example <b>Hello</b>" <claire@hospital.example>`,
		"Subject": structure + " vous invite dans Garant", "Message-Id": "<" + id + "@portal.example>",
		"Date": "Fri, 15 Jan 2027 08:00:00 +0000", "Content-Language": "fr", "Mime-Version": "1.0",
		"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All",
	})
	parts := map[string]string{}
	for reader := multipart.NewReader(parsed.Body, parameters["boundary"]); ; {
		part, err := reader.NextRawPart()
		if err == io.EOF {
			break
		}
		must(t, err)
		body, err := io.ReadAll(quotedprintable.NewReader(part))
		must(t, err)
		parts[part.Header.Get("Content-Type")] = string(body)
	}
	html, text := parts["text/html; charset=UTF-8"], parts["text/plain; charset=UTF-8"]
	for _, foreign := range []string{"<script>", "<b>", "\x00", "\x1b"} {
		if strings.Contains(html, foreign) {
			t.Errorf("%q is in the HTML", foreign)
		}
	}
	for _, said := range []string{"Hugo [31m {{.structure}} (", secretLink} {
		if !strings.Contains(html, said) || !strings.Contains(strings.Join(strings.Fields(text), " "), said) {
			t.Errorf("%q is not said:\n%s\n%s", said, text, html)
		}
	}
}

func TestAMessageSurvivesTheStore(t *testing.T) {
	t.Parallel()
	var p outbox.Pending
	for _, m := range append(samples(), Message{}) {
		must(t, p.Add(Requested, m))
		var read Message
		must(t, p.Events[len(p.Events)-1].Into(&read))
		same(t, read, m)
	}
}

func TestAMessageThatLacksWhatItsKindNeedsIsAMistakeOfTheProgram(t *testing.T) {
	t.Parallel()
	b := begin(t, newEngine(t), nil)
	for name, spoil := range map[string]func(*Message){
		"no structure": func(m *Message) { m.Structure = "\r\n" }, "nobody": func(m *Message) { m.By = "" },
		"no link": func(m *Message) { m.Link = "" }, "a script": func(m *Message) { m.Link = "javascript:alert(1)" },
		"a link with a user":  func(m *Message) { m.Link = "https://garant.example@evil.example/" },
		"a link of two lines": func(m *Message) { m.Link = secretLink + "\nBcc: x" },
		"no end":              func(m *Message) { m.Until = time.Time{} }, "an unknown kind": func(m *Message) { m.Kind = "news" },
		"a digest": func(m *Message) { m.Kind = digest },
	} {
		m := invitation("claire@hospital.example")
		spoil(&m)
		var p outbox.Pending
		must(t, p.Add(Requested, m))
		if err := b.Listen(t.Context(), outbox.Delivery{Event: p.Events[0], Tenant: hospital}); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestOnlyPlainAddressesAreTaken(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"claire@hospital.example", " o'neil+garant@a.b.example ", `a_b-c@x.example`} {
		got, err := ValidAddress(good)
		must(t, err)
		same(t, got, strings.TrimSpace(good))
	}
	for _, bad := range []string{
		"", "claire", "Claire <claire@hospital.example>", "<claire@hospital.example>", "a@b.example, c@d.example", "a@b.example\r\nBcc: c@d.example",
		"a b@c.example", "zoé@hospital.example", strings.Repeat("a", 250) + "@b.example", "a@b.example>\r\nRCPT TO:<c@d.example",
	} {
		if got, err := ValidAddress(bad); err == nil {
			t.Errorf("%q is taken as %q", bad, got)
		}
	}
}

func FuzzNamesStayOnOneLine(f *testing.F) {
	f.Add("Claire\r\nBcc: x", "Hugo")
	f.Fuzz(func(t *testing.T, structure, by string) {
		m := invitation("claire@hospital.example")
		m.Structure, m.By = structure, by
		r, err := Render(catalogue(t), m, "")
		if err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(r.Subject, "\r\n\x00") || bytes.ContainsAny([]byte(r.Text), "\r\x00") {
			t.Fatalf("%q\n%q", r.Subject, r.Text)
		}
	})
}
