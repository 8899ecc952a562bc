package outbox

import (
	"context"
	"fmt"
)

// CountDead counts the documents that hold dead letters: what a health page shows, and should be 0.
func (w *Worker) CountDead(ctx context.Context) (int64, error) {
	var total int64
	for _, s := range w.sources {
		n, err := s.countDead(ctx)
		if err != nil {
			return 0, fmt.Errorf("counting dead letters of %s: %w", s.name(), err)
		}
		total += n
	}
	return total, nil
}

// Dead visits the dead letters, for an operator. An error of visit ends it.
func (w *Worker) Dead(ctx context.Context, visit func(Delivery) error) error {
	return w.eachDead(ctx, func(s Source, doc waiting) error {
		for _, event := range doc.pending.Dead {
			if err := visit(Delivery{Event: event, Tenant: doc.tenant, Collection: s.name(), Document: doc.id}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Revive makes all dead letters due again, once what failed is repaired, and tells how many they were.
func (w *Worker) Revive(ctx context.Context) (int, error) {
	revived := 0
	err := w.eachDead(ctx, func(s Source, doc waiting) error {
		revived += len(doc.pending.Dead)
		return s.settle(ctx, doc.tenant, doc.id, (*Pending).revive)
	})
	return revived, err
}

func (p *Pending) revive() {
	for _, event := range p.Dead {
		event.Attempts, event.Due = 0, soon
		p.Events = append(p.Events, event)
	}
	p.Dead, p.Buried = nil, nil
	p.settle()
}

func (w *Worker) eachDead(ctx context.Context, do func(Source, waiting) error) error {
	for _, s := range w.sources {
		for cursor := ""; ; {
			found, next, err := s.dead(ctx, cursor)
			if err != nil {
				return fmt.Errorf("reading dead letters of %s: %w", s.name(), err)
			}
			for _, doc := range found {
				if err := do(s, doc); err != nil {
					return fmt.Errorf("dead letters of %s %s: %w", s.name(), doc.id, err)
				}
			}
			if cursor = next; cursor == "" {
				break
			}
		}
	}
	return nil
}
