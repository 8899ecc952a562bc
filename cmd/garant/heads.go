package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/mail"
)

// noteHeads brings the heads of all journals out of the store, at once and then every day: to the end of a file where one is
// set, and by mail to the administrators of each structure where there is a mail server. Both are meant to lie where whoever
// runs the store cannot rewrite them.
func (p *program) noteHeads(ctx context.Context, portal *portal) {
	ticker := time.NewTicker(headsEvery)
	defer ticker.Stop()
	for {
		if portal.JournalHeads != "" {
			if err := appendHeads(ctx, portal.journal, portal.JournalHeads); err == nil {
				portal.log.Info(p.logged("cli.serve.heads"), "heads", portal.JournalHeads)
			} else if !errors.Is(err, context.Canceled) {
				portal.log.Error("note the heads of the journals", "error", err, slog.String("heads", portal.JournalHeads))
			}
		}
		if err := portal.mailHeads(ctx, time.Now()); err != nil && !errors.Is(err, context.Canceled) {
			portal.log.Error("mail the heads of the journals", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// mailHeads sends the head of each structure's journal to those who administer it. Without a mail server it does nothing:
// a fingerprint that nobody receives proves nothing, and one a day for each would bury the letters that call for a person.
func (portal *portal) mailHeads(ctx context.Context, now time.Time) error {
	if !portal.letters.Configured() {
		return nil
	}
	heads, err := portal.journal.Heads(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, head := range heads {
		id, ok := identity.StructureOf(head.Tenant)
		if !ok {
			continue // a region's: nobody administers it yet
		}
		structure, err := portal.people.StructureByID(ctx, id)
		if fault.KindOf(err) == fault.NotFound {
			continue
		}
		if err == nil && !structure.Demo {
			var readers []identity.Addressee
			if readers, err = portal.people.Administrators(ctx, structure); err == nil {
				err = portal.mailHead(ctx, structure, head, readers, now)
			}
		}
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// mailHead sends the head of one journal to its readers, once a day of the structure's zone however often it is asked. Who
// switched it off receives none.
func (portal *portal) mailHead(ctx context.Context, structure *identity.Structure, head journal.Head, readers []identity.Addressee, now time.Time) error {
	day := now.In(structure.Location()).Format(time.DateOnly)
	var failed []error
	for _, reader := range readers {
		failed = append(failed, portal.letters.Keep(ctx, head.Tenant, fmt.Sprintf("head.%s.%s", day, reader.Person), mail.Message{
			Kind: mail.JournalHead, Language: locale.Language(portal.Language), To: mail.Address{Name: reader.Name, Mail: reader.Mail}, Person: reader.Person,
			Link: portal.address + "/journal", Structure: structure.Name, When: now, Zone: structure.Location().String(), Head: string(head.Hash), Entries: head.Sequence,
		}))
	}
	return errors.Join(failed...)
}
