package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// Update gives up after this many writes by others in a row. The wait before a new attempt is drawn between zero
// and a bound that doubles up to the longest, so that writers of one document spread out instead of colliding.
const (
	updateAttempts = 100
	shortestWait   = 500 * time.Microsecond
	longestWait    = 100 * time.Millisecond
)

// Update reads a document, lets change alter it and stores it; when somebody else wrote it meanwhile, it starts
// again from what they wrote. So change is pure: it may run several times, each on a fresh document, and does
// nothing but alter it. An error of change ends the update with nothing stored and is returned as it is.
// fault.NotFound when there is no such document, fault.Conflict("store.changed") when others never let go.
func (s Scoped[T]) Update(ctx context.Context, id string, change func(*T) error) (*T, error) {
	for attempt := 1; ; attempt++ {
		doc, err := s.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		if err := change(doc); err != nil {
			return nil, err
		}
		if now := meta(doc).ID; now != id {
			return nil, fmt.Errorf("store: an update of %s %s made it %s", s.c.schema.Collection, id, now)
		}
		err = s.Replace(ctx, doc)
		if err == nil {
			return doc, nil
		}
		if !errors.Is(err, ErrChanged) || attempt == updateAttempts {
			return nil, err
		}
		if err := pause(ctx, attempt); err != nil {
			return nil, s.wrap("updating", id, err)
		}
	}
}

// pause waits before attempt number attempt+1, or until the context ends.
func pause(ctx context.Context, attempt int) error {
	bound := longestWait
	if attempt < 8 {
		bound = shortestWait << attempt
	}
	timer := time.NewTimer(rand.N(bound))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Sift goes over all the documents of the tenant, and changes those that change tells it altered, each in one write as by
// Update: for work that no person waits for. What is written meanwhile may be missed.
func (s Scoped[T]) Sift(ctx context.Context, change func(*T) bool) error {
	for cursor := ""; ; {
		page, err := s.Scan(ctx, Query{Limit: 500, Cursor: cursor})
		if err != nil {
			return err
		}
		for _, doc := range page.Items {
			if !change(doc) {
				continue
			}
			if _, err := s.Update(ctx, meta(doc).ID, func(x *T) error { change(x); return nil }); err != nil {
				return err
			}
		}
		if cursor = page.Next; cursor == "" {
			return nil
		}
	}
}
