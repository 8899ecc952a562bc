package mail

import (
	"context"
	"fmt"
	"slices"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/store"
)

// Choice is how a person receives the messages of a kind.
type Choice string

// The choices.
const (
	Immediately Choice = "immediately"
	Daily       Choice = "daily" // in one digest a day
	Never       Choice = "never"
)

// Preferences are what a person chose; their id is the person's.
type Preferences struct {
	store.Meta `bson:",inline"`
	Kinds      []Preference `bson:"kinds"`
}

// Preference is the choice for one kind.
type Preference struct {
	Kind   Kind   `bson:"kind" json:"kind"`
	Choice Choice `bson:"choice" json:"choice"`
}

var preferencesSchema = store.Schema{Collection: "mail-preferences", Shape: 1}

// PreferencesPath is the page of the portal where a person chooses, which the foot of such messages names.
const PreferencesPath = "/account/mail"

// Optional lists the kinds that a person may choose about, in order. Security notices, and what somebody asked for and
// waits for, are not among them.
func Optional() []Kind {
	var kinds []Kind
	for kind, f := range forms {
		if len(f.choices) > 0 {
			kinds = append(kinds, kind)
		}
	}
	slices.Sort(kinds)
	return kinds
}

// Choices lists how the messages of a kind may be received, the usual way first.
func (k Kind) Choices() []Choice {
	if choices := forms[k].choices; len(choices) > 0 {
		return slices.Clone(choices)
	}
	return []Choice{Immediately}
}

// Choice gives what the person chose for a kind, or the usual way.
func (p *Preferences) Choice(k Kind) Choice {
	allowed := k.Choices()
	for _, chosen := range p.Kinds {
		if chosen.Kind == k && slices.Contains(allowed, chosen.Choice) {
			return chosen.Choice
		}
	}
	return allowed[0]
}

// Preferences gives what a person chose; nothing chosen yet is no error.
func (s *Service) Preferences(ctx context.Context, person string) (*Preferences, error) {
	found, err := s.preferences.In(store.System).Get(ctx, person)
	if fault.KindOf(err) == fault.NotFound {
		return &Preferences{Meta: store.Meta{ID: person}}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read mail preferences of %s: %w", person, err)
	}
	return found, nil
}

// Choose keeps how a person wants the messages of a kind. fault.Invalid("mail.choice") when the kind does not allow it.
func (s *Service) Choose(ctx context.Context, person string, k Kind, choice Choice) error {
	if !slices.Contains(k.Choices(), choice) {
		return fault.NewInvalid("mail.choice")
	}
	set := func(p *Preferences) error {
		p.Kinds = slices.DeleteFunc(p.Kinds, func(other Preference) bool { return other.Kind == k })
		p.Kinds = append(p.Kinds, Preference{k, choice})
		return nil
	}
	in := s.preferences.In(store.System)
	fresh := &Preferences{Meta: store.Meta{ID: person}}
	_ = set(fresh)
	err := in.Insert(ctx, fresh)
	if fault.KindOf(err) == fault.Conflict { // there are some already
		_, err = in.Update(ctx, person, set)
	}
	if err != nil {
		return fmt.Errorf("keep mail preferences of %s: %w", person, err)
	}
	return nil
}

// choice is how a message is to be received.
func (s *Service) choice(ctx context.Context, m Message) (Choice, error) {
	if m.Person == "" || len(m.Kind.Choices()) == 1 {
		return Immediately, nil
	}
	p, err := s.Preferences(ctx, m.Person)
	if err != nil {
		return "", err
	}
	return p.Choice(m.Kind), nil
}

// Forget drops what somebody chose, once they are no more. Done again, it finds nothing.
func (s *Service) Forget(ctx context.Context, person string) error {
	err := s.preferences.In(store.System).Delete(ctx, person, 0)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return fmt.Errorf("drop mail preferences of %s: %w", person, err)
	}
	return nil
}
