package identity

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/garant-sante/garant/internal/journal"
)

// MaxTemplate is the largest Word template that is kept, in bytes.
const MaxTemplate = 10 << 20

const wordType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// errNoTemplate ends the removal of a template that is not there: nothing is written, and nothing recorded.
var errNoTemplate = errors.New("there is no template to remove")

// SetTemplate keeps a Word template, already checked, as the structure's own; nil goes back to the product's.
func (s *Service) SetTemplate(ctx context.Context, actor Actor, name string, data []byte) error {
	if err := Require(actor, EditSettings, actor.Structure); err != nil {
		return err
	}
	files := s.files.In(actor.Tenant())
	var kept *Template
	if data != nil {
		file, err := files.Create(ctx, name, wordType, bytes.NewReader(data), MaxTemplate)
		if err != nil {
			return fmt.Errorf("keep the template: %w", err)
		}
		kept = &Template{File: file.ID, Name: name, Size: file.Size, Set: s.Now()}
	}
	act, before := actor.Act(TemplateSet, s.Now()), (*Template)(nil)
	if kept == nil {
		act.Kind = TemplateRemoved
	}
	_, err := s.structures.In(actor.Tenant()).Update(ctx, actor.Structure, journal.Recording(act, (*Structure).events, func(t *Structure) error {
		if t.Template == nil && kept == nil {
			return errNoTemplate
		}
		before, t.Template = t.Template, kept
		t.Revision++
		return nil
	}))
	if errors.Is(err, errNoTemplate) {
		return nil
	}
	if err != nil {
		return err
	}
	s.nudge()
	if before != nil {
		_ = files.Delete(ctx, before.File) // what stays behind is an unused file, nothing refers to it
	}
	return nil
}

// TemplateBytes reads the structure's own template; nil when it uses the product's.
func (s *Service) TemplateBytes(ctx context.Context, actor Actor, structure *Structure) ([]byte, error) {
	if structure.Template == nil {
		return nil, nil
	}
	if err := Require(actor, ReadServices, structure.ID); err != nil {
		return nil, err
	}
	r, _, err := s.files.In(StructureTenant(structure.ID)).Open(ctx, structure.Template.File)
	if err != nil {
		return nil, fmt.Errorf("open the template: %w", err)
	}
	defer func() { _ = r.Close() }()
	data, err := io.ReadAll(io.LimitReader(r, MaxTemplate+1))
	if err != nil {
		return nil, fmt.Errorf("read the template: %w", err)
	}
	return data, nil
}
