package supplier

import (
	"context"

	"github.com/garant-sante/garant/internal/identity"
)

// provider is a supplier that the actor may read, as the floor of people knows it.
func (d *Directory) provider(ctx context.Context, actor identity.Actor, id string) (identity.Provider, error) {
	s, err := d.Supplier(ctx, actor, id)
	if err != nil {
		return identity.Provider{}, err
	}
	return identity.Provider{Region: actor.Region, Supplier: s.ID, Name: s.Name}, nil
}

// Contacts lists who answers for a supplier: contacts, then colleagues.
func (d *Directory) Contacts(ctx context.Context, actor identity.Actor, id string) ([]*identity.Correspondent, error) {
	p, err := d.provider(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	return d.people.Correspondents(ctx, actor, p)
}

// AddContact names somebody who answers for a supplier, and gives the link that they are sent.
func (d *Directory) AddContact(ctx context.Context, actor identity.Actor, id string, n identity.NewCorrespondent) (string, error) {
	p, err := d.provider(ctx, actor, id)
	if err != nil {
		return "", err
	}
	return d.people.AddCorrespondent(ctx, actor, p, n)
}

// SendContactLink sends somebody of a supplier a new link, and gives it.
func (d *Directory) SendContactLink(ctx context.Context, actor identity.Actor, id, contact string) (string, error) {
	p, err := d.provider(ctx, actor, id)
	if err != nil {
		return "", err
	}
	return d.people.SendLink(ctx, actor, p, contact)
}

// EndContact ends the access of somebody of a supplier, at once.
func (d *Directory) EndContact(ctx context.Context, actor identity.Actor, id, contact string) error {
	p, err := d.provider(ctx, actor, id)
	if err != nil {
		return err
	}
	return d.people.EndCorrespondent(ctx, actor, p, contact)
}
