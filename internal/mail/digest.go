package mail

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/store"
)

// digestHour is when the day's digest is made, in the zone of its messages: before work begins.
const digestHour = 7

// nextDigest is the first digest hour after a moment.
func nextDigest(now time.Time, zone *time.Location) time.Time {
	year, month, day := now.In(zone).Date()
	at := time.Date(year, month, day, digestHour, 0, 0, 0, zone)
	if !at.After(now) {
		at = time.Date(year, month, day+1, digestHour, 0, 0, 0, zone)
	}
	return at
}

// Group makes the digests of letters that gather: one for each person, address, language and hour, in the order of its
// first letter. The id of a digest is made of the person and the hour, so that making it twice makes the same. It looks at
// nothing else, and letters in another state are left out.
func Group(letters []*Letter) []*Letter {
	var digests []*Letter
	for _, l := range letters {
		if l.State != Gathering || l.Due == nil {
			continue
		}
		m := l.Message
		id := fmt.Sprintf("digest.%s.%s.%s", m.Person, l.Due.UTC().Format("20060102T1504"), m.Language)
		at := slices.IndexFunc(digests, func(d *Letter) bool { return d.ID == id && d.Message.To.Mail == m.To.Mail })
		if at < 0 {
			digests = append(digests, &Letter{Meta: store.Meta{ID: id}, Message: Message{
				Kind: digest, Language: m.Language, To: m.To, Person: m.Person, Zone: m.Zone,
			}})
			at = len(digests) - 1
		}
		digests[at].Digest = append(digests[at].Digest, m)
		digests[at].Includes = append(digests[at].Includes, l.ID)
	}
	return digests
}

// longestDigest is how many messages a digest lists; the rest are in the one after it.
const longestDigest = 100

// gather makes the digest that a due letter goes into, and settles all the letters in it. It may be killed at any point
// and begun again: the digest has its id and tells what it includes; a letter that came too late for it waits for the
// next.
func (s *Service) gather(ctx context.Context, due *Letter) error {
	in := s.letters.In(due.Tenant())
	page, err := in.Scan(ctx, store.Query{Index: personIndex, Equal: []any{due.Message.Person, Gathering}, Limit: longestDigest})
	if err != nil {
		return fmt.Errorf("gather a digest: %w", err)
	}
	now := s.Now()
	ripe := slices.DeleteFunc(page.Items, func(l *Letter) bool { return l.Due == nil || l.Due.After(now) })
	for _, made := range Group(ripe) {
		members := made.Includes
		s.queue(made, Immediately, now)
		if err := in.Insert(ctx, made); errors.Is(err, store.ErrExists) {
			if made, err = in.Get(ctx, made.ID); err != nil {
				return fmt.Errorf("read digest: %w", err)
			}
		} else if err != nil {
			return fmt.Errorf("keep digest %s: %w", made.ID, err)
		}
		for _, id := range members {
			_, err := in.Update(ctx, id, func(l *Letter) error { return l.join(made, now) })
			if err != nil && !errors.Is(err, errPassedBy) && fault.KindOf(err) != fault.NotFound {
				return fmt.Errorf("settle letter %s of digest %s: %w", id, made.ID, err)
			}
		}
	}
	s.Nudge()
	return nil
}

// join settles a letter whose digest was made: it is in it, or waits for the next.
func (l *Letter) join(made *Letter, now time.Time) error {
	if l.State != Gathering {
		return errPassedBy
	}
	if !slices.Contains(made.Includes, l.ID) {
		l.enter(Gathering, now, nextDigest(now, l.Message.location()))
		return nil
	}
	l.enter(Gathered, now, time.Time{})
	l.forget()
	return nil
}
