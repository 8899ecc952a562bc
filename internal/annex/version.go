package annex

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
)

// Version is an annex as it was at one moment, kept for ever: its documents are stored as they were made, so that no later
// library, wording, template or program changes a word of it.
type Version struct {
	store.Meta  `bson:",inline"`
	Service     string    `bson:"service"`
	Number      int       `bson:"number"` // from 1
	Language    string    `bson:"language"`
	Title       string    `bson:"title"`
	Tier        int       `bson:"tier"`
	Articles    []Printed `bson:"articles"`
	Library     string    `bson:"library"` // version of the clause library
	Edition     string    `bson:"edition"` // which texts exactly
	Fingerprint string    `bson:"fingerprint"`
	At          time.Time `bson:"at"`
	By          string    `bson:"by"` // name, for people
	ByID        string    `bson:"byID"`
	Word        string    `bson:"word"` // id of the stored file
	Page        string    `bson:"page"` // id of the stored file

	Events outbox.Pending `bson:"events"`
}

// Printed is a clause in a version: which one, and in which version of its text.
type Printed struct {
	ID      string `bson:"id"`
	Version int    `bson:"version"`
	Adapted bool   `bson:"adapted"` // in the structure's own wording
}

// Adapted counts the clauses in the structure's own wording.
func (v *Version) Adapted() int {
	count := 0
	for _, p := range v.Articles {
		if p.Adapted {
			count++
		}
	}
	return count
}

var versionSchema = store.Schema{
	Collection: "annex-versions", Shape: 1, Indexes: append([]store.Index{
		{Name: "service", Fields: []string{"service", "number"}},
	}, outbox.Indexes("events")...),
}

// maxDocument is the largest document that is kept, in bytes: a structure's template may be heavy.
const maxDocument = identity.MaxTemplate + 10<<20

// Freeze keeps the annex of a service as it stands at a revision of its draft, in a language; page writes it as a page to
// keep, which is done above this floor. fault.Conflict when somebody changed the annex since; fault.Invalid when the last
// version says the same in the same language.
func (s *Service) Freeze(ctx context.Context, actor identity.Actor, serviceID string, draft int64, lang locale.Language, page func(*Document) ([]byte, error)) (*Version, error) {
	if _, err := s.editable(ctx, actor, serviceID); err != nil {
		return nil, err
	}
	view, err := s.View(ctx, actor, serviceID, lang)
	if err != nil {
		return nil, err
	}
	if view.Draft.Revision != draft {
		return nil, fault.NewConflict("store.changed")
	}
	frozen, err := s.Versions(ctx, actor, serviceID)
	if err != nil {
		return nil, err
	}
	next := s.version(view, actor, len(frozen)+1)
	if len(frozen) > 0 {
		next.Number = frozen[0].Number + 1
		if last := frozen[0]; last.Fingerprint == next.Fingerprint && last.Edition == next.Edition && last.Language == next.Language {
			return nil, fault.NewInvalid("annex.version-same", "number", last.Number)
		}
	}
	template, err := s.people.TemplateBytes(ctx, actor, view.Structure)
	if err != nil {
		return nil, err
	}
	document, err := view.Document.Word(s.Words.In(lang), template)
	if err != nil {
		return nil, fmt.Errorf("write version %d of the annex of service %s: %w", next.Number, serviceID, err)
	}
	shown, err := page(view.Document)
	if err != nil {
		return nil, fmt.Errorf("write version %d of the annex of service %s: %w", next.Number, serviceID, err)
	}
	return next, s.keep(ctx, actor, next, document, shown)
}

func (s *Service) version(v *View, actor identity.Actor, number int) *Version {
	d := v.Document
	out := &Version{
		Service: v.Service.ID, Number: number, Language: string(d.Language), Title: v.Service.Title, Tier: int(d.Rating.Tier),
		Library: d.Version, Edition: d.Edition, Fingerprint: d.Fingerprint, At: s.Now(), By: actor.Name, ByID: actor.Person,
	}
	for _, chapter := range d.Chapters {
		for _, a := range chapter.Articles {
			_, adapted := v.Library.Origin(a.ID)
			out.Articles = append(out.Articles, Printed{a.ID, a.Version, adapted})
		}
	}
	return out
}

// keep stores the documents, then the version that names them: what a failure leaves behind is files that nothing names.
func (s *Service) keep(ctx context.Context, actor identity.Actor, v *Version, document, page []byte) error {
	files := s.files.In(actor.Tenant())
	for _, part := range []struct {
		id         *string
		name, kind string
		data       []byte
	}{
		{&v.Word, "annex.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", document},
		{&v.Page, "annex.html", "text/html; charset=utf-8", page},
	} {
		file, err := files.Create(ctx, part.name, part.kind, bytes.NewReader(part.data), maxDocument)
		if err != nil {
			return fmt.Errorf("keep %s of version %d: %w", part.name, v.Number, err)
		}
		*part.id = file.ID
	}
	v.ID = versionID(v.Service, v.Number)
	if err := journal.Record(&v.Events, actor.Act(Frozen, v.At)); err != nil {
		return fmt.Errorf("keep version %d of the annex of service %s: %w", v.Number, v.Service, err)
	}
	err := s.versions.In(actor.Tenant()).Insert(ctx, v)
	if fault.KindOf(err) == fault.Conflict { // somebody froze the same number at the same moment
		return fault.NewConflict("store.changed").Because(err)
	}
	if err != nil {
		return fmt.Errorf("keep version %d of the annex of service %s: %w", v.Number, v.Service, err)
	}
	s.events.Nudge()
	return nil
}

func versionID(service string, number int) string { return fmt.Sprintf("%s.%d", service, number) }

// Versions lists the versions of the annex of a service, the newest first.
func (s *Service) Versions(ctx context.Context, actor identity.Actor, serviceID string) ([]*Version, error) {
	if err := identity.Require(actor, identity.ReadServices, actor.Structure); err != nil {
		return nil, err
	}
	page, err := s.versions.In(actor.Tenant()).Scan(ctx, store.Query{Index: "service", Equal: []any{serviceID}, Descending: true, Limit: 1000})
	if err != nil {
		return nil, fmt.Errorf("list the versions of the annex of service %s: %w", serviceID, err)
	}
	return page.Items, nil
}

// VersionFile reads a document of a version: its Word file, or its page. fault.NotFound when there is no such version.
func (s *Service) VersionFile(ctx context.Context, actor identity.Actor, serviceID string, number int, page bool) (*Version, []byte, error) {
	if err := identity.Require(actor, identity.ReadServices, actor.Structure); err != nil {
		return nil, nil, err
	}
	v, err := s.versions.In(actor.Tenant()).Get(ctx, versionID(serviceID, number))
	if err != nil {
		return nil, nil, fmt.Errorf("read version %d of the annex of service %s: %w", number, serviceID, err)
	}
	id := v.Word
	if page {
		id = v.Page
	}
	r, _, err := s.files.In(actor.Tenant()).Open(ctx, id)
	if err != nil {
		return nil, nil, fmt.Errorf("open version %d of the annex of service %s: %w", number, serviceID, err)
	}
	defer func() { _ = r.Close() }()
	data, err := io.ReadAll(io.LimitReader(r, maxDocument+1))
	if err != nil {
		return nil, nil, fmt.Errorf("read version %d of the annex of service %s: %w", number, serviceID, err)
	}
	return v, data, nil
}
