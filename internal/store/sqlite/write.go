package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	driver "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"github.com/garant-sante/garant/internal/store"
)

// Insert implements store.Engine. Several records are one transaction here, so they are all added or none is.
func (e *Engine) Insert(ctx context.Context, collection string, records ...store.Record) (err error) {
	t, err := e.table(collection)
	if err != nil {
		return err
	}
	if len(records) == 1 {
		return t.insertOne(ctx, t.insert, &records[0])
	}
	tx, err := e.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tx.Rollback())
		}
	}()
	statement := tx.StmtContext(ctx, t.insert)
	for i := range records {
		if err := t.insertOne(ctx, statement, &records[i]); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("committing: %w", err)
	}
	return nil
}

func (t *table) insertOne(ctx context.Context, statement *sql.Stmt, r *store.Record) error {
	args := make([]any, 4, 4+len(t.columns))
	args[0], args[1], args[2], args[3] = string(r.Tenant), r.ID, r.Version, []byte(r.Body)
	args, err := t.values(r.Body, args)
	if err != nil {
		return err
	}
	_, err = statement.ExecContext(ctx, args...)
	if taken(err) {
		return fmt.Errorf("%w: %s", store.ErrExists, r.ID)
	}
	return err
}

// taken tells whether an insertion failed because the id is there already.
func taken(err error) bool {
	var e *driver.Error
	return errors.As(err, &e) && e.Code() == codes.SQLITE_CONSTRAINT_UNIQUE
}

// Replace implements store.Engine.
func (e *Engine) Replace(ctx context.Context, collection string, r store.Record) error {
	t, err := e.table(collection)
	if err != nil {
		return err
	}
	args := make([]any, 2, 5+len(t.columns))
	args[0], args[1] = r.Version, []byte(r.Body)
	if args, err = t.values(r.Body, args); err != nil {
		return err
	}
	result, err := t.replace.ExecContext(ctx, append(args, string(r.Tenant), r.ID, r.Version-1)...)
	return t.found(ctx, result, err, r.Tenant, r.ID)
}

// Delete implements store.Engine.
func (e *Engine) Delete(ctx context.Context, collection string, tenant store.Tenant, id string, version int64) error {
	t, err := e.table(collection)
	if err != nil {
		return err
	}
	low, high := version, version
	if version == 0 {
		high = math.MaxInt64
	}
	result, err := t.remove.ExecContext(ctx, string(tenant), id, low, high)
	return t.found(ctx, result, err, tenant, id)
}

// found tells why a write changed no row.
func (t *table) found(ctx context.Context, result sql.Result, err error, tenant store.Tenant, id string) error {
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if err != nil || n > 0 {
		return err
	}
	var version int64
	err = t.version.QueryRowContext(ctx, string(tenant), id).Scan(&version)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("%w: %s", store.ErrNotFound, id)
	case err != nil:
		return err
	default:
		return fmt.Errorf("%w: %s is at %d", store.ErrChanged, id, version)
	}
}

// DeleteMany implements store.Engine.
func (e *Engine) DeleteMany(ctx context.Context, collection string, tenant store.Tenant, ids []string) error {
	t, err := e.table(collection)
	if err != nil {
		return err
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return fmt.Errorf("listing ids: %w", err)
	}
	_, err = t.removeMany.ExecContext(ctx, string(tenant), string(list))
	return err
}
