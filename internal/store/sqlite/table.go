package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/garant-sante/garant/internal/store"
)

// missing stands in an index column for a field that is missing or null. It sorts before every other value, as nil
// does in a store.Span, and unlike NULL it can be compared.
var missing = math.Inf(-1)

// table is a declared collection and the statements kept prepared for it.
type table struct {
	schema  store.Schema
	name    string   // quoted
	columns []string // quoted, one per index field
	extract store.Extractor

	insert, replace, remove, removeMany, version *sql.Stmt // version reads the one a write did not find
	get, getMany                                 *sql.Stmt

	mu    sync.RWMutex
	walks map[walk]*sql.Stmt
}

// Names hold what store.Complete let through: letters, digits, dashes, dots and underscores.
func tableName(collection string) string { return `"doc ` + collection + `"` }
func columnName(field string) string     { return `"f ` + field + `"` }
func keyName(collection string) string   { return `"key ` + collection + `"` }
func indexName(collection, index string) string {
	return `"index ` + collection + ` ` + index + `"`
}

// prepare readies the statements of a collection whose table is there.
func (e *Engine) prepare(ctx context.Context, s store.Schema) (*table, error) {
	fields := s.Fields()
	t := &table{schema: s, name: tableName(s.Collection), extract: store.NewExtractor(fields), walks: map[walk]*sql.Stmt{}}
	var set strings.Builder
	for _, field := range fields {
		t.columns = append(t.columns, columnName(field))
		fmt.Fprintf(&set, ", %s = ?", columnName(field))
	}
	names := strings.Join(append([]string{"tenant", "id", "version", "body"}, t.columns...), ", ")
	marks := strings.Repeat(", ?", 4+len(fields))[2:]
	for _, p := range []struct {
		db   *sql.DB
		into **sql.Stmt
		text string
	}{
		{e.writer, &t.insert, fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", t.name, names, marks)},
		{e.writer, &t.replace, fmt.Sprintf("UPDATE %s SET version = ?, body = ?%s WHERE tenant = ? AND id = ? AND version = ?", t.name, set.String())},
		{e.writer, &t.remove, fmt.Sprintf("DELETE FROM %s WHERE tenant = ? AND id = ? AND version BETWEEN ? AND ?", t.name)},
		{e.writer, &t.removeMany, fmt.Sprintf("DELETE FROM %s WHERE tenant = ? AND id IN (SELECT value FROM json_each(?))", t.name)},
		{e.writer, &t.version, fmt.Sprintf("SELECT version FROM %s WHERE tenant = ? AND id = ?", t.name)},
		{e.reader, &t.get, fmt.Sprintf("SELECT version, body FROM %s WHERE tenant = ? AND id = ?", t.name)},
		{e.reader, &t.getMany, fmt.Sprintf("SELECT id, version, body FROM %s WHERE tenant = ? AND id IN (SELECT value FROM json_each(?))", t.name)},
	} {
		statement, err := p.db.PrepareContext(ctx, p.text)
		if err != nil {
			return nil, fmt.Errorf("preparing %q: %w", p.text, err)
		}
		*p.into = statement
	}
	return t, nil
}

// close releases the statements of a table that is declared anew.
func (t *table) close() {
	for _, s := range []*sql.Stmt{t.insert, t.replace, t.remove, t.removeMany, t.version, t.get, t.getMany} {
		_ = s.Close() // the new ones are what counts
	}
	for _, s := range t.walks {
		_ = s.Close()
	}
}

// values appends what the index columns of a body hold.
func (t *table) values(body bson.Raw, into []any) ([]any, error) {
	start := len(into)
	into, err := t.extract.Values(body, into)
	if err != nil {
		return nil, err
	}
	for i, v := range into[start:] {
		into[start+i] = column(v)
	}
	return into, nil
}

// column is how an index column holds a value: dates and booleans as integers.
func column(v any) any {
	switch v := v.(type) {
	case nil:
		return missing
	case bson.DateTime:
		return int64(v)
	case bool:
		if v {
			return int64(1)
		}
		return int64(0)
	default:
		return v
	}
}

// walk is the form of a span: what a prepared statement depends on.
type walk struct {
	index              string
	equal              int
	from, above, to    bool // a lower bound that is in or out, an upper one that is out
	after, descending  bool
	everywhere, counts bool
}

// statement gives the prepared statement of a form, kept from one walk to the next.
func (e *Engine) statement(ctx context.Context, t *table, w walk) (*sql.Stmt, error) {
	t.mu.RLock()
	kept := t.walks[w]
	t.mu.RUnlock()
	if kept != nil {
		return kept, nil
	}
	text, err := t.walkSQL(w)
	if err != nil {
		return nil, err
	}
	made, err := e.reader.PrepareContext(ctx, text)
	if err != nil {
		return nil, fmt.Errorf("preparing %q: %w", text, err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if kept := t.walks[w]; kept != nil {
		return kept, made.Close()
	}
	t.walks[w] = made
	return made, nil
}

// walkSQL writes the statement of a form. It names its index, so a walk that no index serves fails instead of
// reading the whole table.
func (t *table) walkSQL(w walk) (string, error) {
	index := keyName(t.schema.Collection)
	var order []string
	if w.index != "" {
		declared, ok := t.schema.Find(w.index)
		if !ok || declared.AllTenants != w.everywhere {
			return "", fmt.Errorf("sqlite: no index %q of %q for this", w.index, t.schema.Collection)
		}
		index = indexName(t.schema.Collection, w.index)
		for _, field := range declared.Fields {
			order = append(order, columnName(field))
		}
	}
	if w.equal > len(order) {
		return "", fmt.Errorf("sqlite: index %q of %q has %d fields", w.index, t.schema.Collection, len(order))
	}
	var where []string
	if !w.everywhere {
		where = append(where, "tenant = ?")
	}
	for _, name := range order[:w.equal] {
		where = append(where, name+" = ?")
	}
	order = slices.Clone(order[w.equal:])
	next := "id"
	if len(order) > 0 {
		next = order[0]
	}
	if w.everywhere {
		order = append(order, "tenant")
	}
	order = append(order, "id")
	if w.from {
		where = append(where, next+" >= ?")
	}
	if w.above {
		where = append(where, next+" > ?")
	}
	if w.to {
		where = append(where, next+" < ?")
	}
	return t.walkText(w, index, where, order), nil
}

func (t *table) walkText(w walk, index string, where, order []string) string {
	columns, direction, sign := "id, version, body", "", ">"
	if w.everywhere {
		columns = "tenant, " + columns
	}
	if w.descending {
		direction, sign = " DESC", "<"
	}
	if w.after {
		where = append(where, fmt.Sprintf("(%s) %s (%s)", strings.Join(order, ", "), sign, strings.Repeat(", ?", len(order))[2:]))
	}
	condition := ""
	if len(where) > 0 {
		condition = " WHERE " + strings.Join(where, " AND ")
	}
	if w.counts {
		return fmt.Sprintf("SELECT count(*) FROM %s INDEXED BY %s%s", t.name, index, condition)
	}
	return fmt.Sprintf("SELECT %s FROM %s INDEXED BY %s%s ORDER BY %s%s LIMIT ?",
		columns, t.name, index, condition, strings.Join(order, direction+", "), direction)
}
