package journal

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"pgregory.net/rapid"

	"github.com/garant-sante/garant/internal/store"
)

// tampered is an engine whose journal shows these records in the place of its own, as after a change made past the program.
type tampered struct {
	store.Engine
	records []store.Record // sorted by id
}

func (e tampered) Scan(_ context.Context, span store.Span, visit store.Visit) error {
	seen := 0
	for _, r := range e.records {
		if r.Tenant != span.Tenant || span.After != nil && r.ID <= span.After.ID {
			continue
		}
		if err := visit(r); err != nil {
			return err
		}
		if seen++; seen == span.Limit {
			return nil
		}
	}
	return nil
}

// stored reads the records of a chain as they are.
func stored(t testing.TB, engine store.Engine, tenant store.Tenant) []store.Record {
	t.Helper()
	var records []store.Record
	must(t, engine.Scan(context.Background(), store.Span{Collection: "journal", Tenant: tenant}, func(r store.Record) error {
		r.Body = bytes.Clone(r.Body)
		records = append(records, r)
		return nil
	}))
	return records
}

// check verifies a chain made of these records.
func check(t testing.TB, records []store.Record, noted ...Head) Report {
	t.Helper()
	slices.SortStableFunc(records, func(a, b store.Record) int { return strings.Compare(a.ID, b.ID) })
	report, err := New(tampered{records: records}).Verify(context.Background(), hospital, noted...)
	must(t, err)
	return report
}

// again makes an entry of a record anew, changed and with a hash that fits, as whoever knows this code would.
func again(t testing.TB, r store.Record, change func(*Entry)) store.Record {
	t.Helper()
	entry := new(Entry)
	must(t, bson.Unmarshal(r.Body, entry))
	change(entry)
	body, err := entry.encode()
	must(t, err)
	return store.Record{Tenant: r.Tenant, ID: entry.ID, Version: 1, Body: body}
}

func TestSaysWhichLinkIsTheFirstBrokenAndWhy(t *testing.T) {
	t.Parallel()
	engine := embedded(t)
	fill(t, New(engine), hospital, 9)
	fill(t, New(engine), "structure-other", 9)
	whole, other := stored(t, engine, hospital), stored(t, engine, "structure-other")
	end := check(t, slices.Clone(whole)).Head
	headAt := func(n int) Head {
		return Head{hospital, int64(n), hashOf(whole[n-1].Body[4 : len(whole[n-1].Body)-tailSize])}
	}
	strangers := func(a *Entry) { a.Who = "person-2" }
	rewritten := func(from int) []store.Record { // every hash from there on made anew
		records := slices.Clone(whole)
		previous := headAt(from - 1).Hash
		for i := from - 1; i < len(records); i++ {
			records[i] = again(t, records[i], func(e *Entry) { strangers(e); e.Previous = previous })
			_, digits, _ := parts(records[i].Body)
			previous = Hash(digits)
		}
		return records
	}
	for name, test := range map[string]struct {
		records []store.Record
		noted   []Head
		sound   int
		want    Reason
	}{
		"whole":                     {whole, nil, 9, ""},
		"whole, heads noted":        {whole, []Head{headAt(4), end, {hospital, 0, origin(hospital)}}, 9, ""},
		"another tenant's head":     {whole, []Head{{"structure-other", 20, origin("x")}}, 9, ""},
		"grown since":               {whole, []Head{headAt(7)}, 9, ""},
		"the first one missing":     {whole[1:], nil, 0, Missing},
		"one missing":               {slices.Delete(slices.Clone(whole), 4, 5), nil, 4, Missing},
		"several missing":           {slices.Delete(slices.Clone(whole), 2, 8), nil, 2, Missing},
		"the tail cut, unseen":      {whole[:6], nil, 6, ""},
		"the tail cut":              {whole[:6], []Head{end}, 6, Cut},
		"all of it cut":             {nil, []Head{end}, 0, Cut},
		"two exchanged":             {exchanged(whole, 3, 6), nil, 3, Reordered},
		"one written again":         {replaced(whole, 5, store.Record{Tenant: hospital, ID: sequenceID(6), Version: 2, Body: whole[5].Body}), nil, 5, Altered},
		"one no entry":              {replaced(whole, 5, store.Record{Tenant: hospital, ID: sequenceID(6), Version: 1, Body: []byte{5, 0, 0, 0, 0}}), nil, 5, Altered},
		"one without bytes":         {replaced(whole, 5, store.Record{Tenant: hospital, ID: sequenceID(6), Version: 1}), nil, 5, Altered},
		"one made anew":             {replaced(whole, 5, again(t, whole[5], strangers)), nil, 6, Detached},
		"the last one made anew":    {replaced(whole, 8, again(t, whole[8], strangers)), []Head{end}, 8, Rewritten},
		"the rest made anew, alone": {rewritten(4), nil, 9, ""},
		"the rest made anew":        {rewritten(4), []Head{headAt(3), headAt(7)}, 6, Rewritten},
		"two heads of one place":    {whole, []Head{headAt(3), {hospital, 3, origin("x")}}, 2, Rewritten},
		"a head of another origin":  {whole, []Head{{hospital, 0, origin("x")}}, 0, Rewritten},
		"something put in between":  {append(slices.Clone(whole), store.Record{Tenant: hospital, ID: sequenceID(5) + "a", Version: 1, Body: whole[4].Body}), nil, 5, Inserted},
		"another tenant's chain":    {owned(other, hospital), nil, 0, Detached},
		"a copy at the end":         {append(slices.Clone(whole), store.Record{Tenant: hospital, ID: sequenceID(10), Version: 1, Body: whole[8].Body}), nil, 9, Reordered},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := check(t, slices.Clone(test.records), test.noted...)
			var broken *Break
			if test.want != "" {
				broken = &Break{int64(test.sound + 1), test.want}
			}
			same(t, got.Broken, broken)
			same(t, got.Head.Sequence, int64(test.sound))
		})
	}
}

func exchanged(records []store.Record, i, j int) []store.Record {
	records = slices.Clone(records)
	records[i].Body, records[j].Body = records[j].Body, records[i].Body
	return records
}

func replaced(records []store.Record, i int, r store.Record) []store.Record {
	records = slices.Clone(records)
	records[i] = r
	return records
}

func owned(records []store.Record, tenant store.Tenant) []store.Record {
	records = slices.Clone(records)
	for i := range records {
		records[i].Tenant = tenant
	}
	return records
}

func TestAnySingleChangeOfTheStoredBytesIsFound(t *testing.T) {
	t.Parallel()
	engine := embedded(t)
	const entries = 12
	fill(t, New(engine), hospital, entries)
	whole := stored(t, engine, hospital)
	end := check(t, slices.Clone(whole)).Head
	rapid.Check(t, func(rt *rapid.T) {
		records := slices.Clone(whole)
		i := rapid.IntRange(0, entries-1).Draw(rt, "entry")
		first := i // the sequence before the one that must be named
		switch what := rapid.SampledFrom([]string{"alter", "lengthen", "shorten", "remove", "exchange", "insert"}).Draw(rt, "what"); what {
		case "alter":
			body := bytes.Clone(records[i].Body)
			body[rapid.IntRange(0, len(body)-1).Draw(rt, "byte")] ^= byte(rapid.IntRange(1, 255).Draw(rt, "bits"))
			records[i].Body = body
		case "lengthen":
			at := rapid.IntRange(0, len(records[i].Body)).Draw(rt, "at")
			more := rapid.SliceOfN(rapid.Byte(), 1, 8).Draw(rt, "bytes")
			records[i].Body = slices.Insert(bytes.Clone(records[i].Body), at, more...)
		case "shorten":
			at := rapid.IntRange(0, len(records[i].Body)-1).Draw(rt, "at")
			end := rapid.IntRange(at+1, len(records[i].Body)).Draw(rt, "end")
			records[i].Body = slices.Delete(bytes.Clone(records[i].Body), at, end)
		case "remove":
			records = slices.Delete(records, i, i+1)
		case "exchange":
			j := (i + rapid.IntRange(1, entries-1).Draw(rt, "other")) % entries
			records = exchanged(records, i, j)
			first = min(i, j)
		case "insert": // the entries after it move up, as they are
			moved := slices.Clone(records[i:])
			for n := range moved {
				moved[n].ID = sequenceID(int64(i + n + 2))
			}
			stranger := rapid.IntRange(0, entries-1).Filter(func(n int) bool { return n != i }).Draw(rt, "stranger")
			records = append(append(records[:i:i], store.Record{Tenant: hospital, ID: sequenceID(int64(i + 1)), Version: 1, Body: whole[stranger].Body}), moved...)
		}
		got := check(t, records, end)
		if got.Broken == nil || got.Broken.Sequence != int64(first+1) || got.Head.Sequence != int64(first) {
			rt.Fatalf("entry %d: %+v %+v", first+1, got.Head, got.Broken)
		}
	})
}

func TestVerifiesAChainLongerThanABatch(t *testing.T) {
	t.Parallel()
	const entries = 2 * verifyBatch
	var whole []store.Record
	forge(t, hospital, entries, func(some []store.Record) { whole = append(whole, some...) })
	report := check(t, whole)
	same(t, report, Report{Head: Head{hospital, entries, report.Head.Hash}})
	same(t, check(t, slices.Delete(whole, verifyBatch, verifyBatch+1)).Broken, &Break{verifyBatch + 1, Missing})
}

func TestAVerificationThatCannotReadIsAnError(t *testing.T) {
	t.Parallel()
	engine := embedded(t)
	fill(t, New(engine), hospital, 2)
	_, err := New(&mortal{Engine: engine}).Verify(t.Context(), hospital)
	same(t, fmt.Sprint(err), "verifying the journal of structure-hospital after entry 0: the process is dead")
}

func TestAChainIsWholeAfterACopyToTheOtherEngineAndBack(t *testing.T) {
	t.Parallel()
	first := embedded(t)
	fill(t, New(first), hospital, 5)
	second, third := engines["mongo"](t), embedded(t)
	for _, step := range [][2]store.Engine{{first, second}, {second, third}} {
		_, err := store.Copy(t.Context(), step[0], step[1], append(Schemas(), dossierSchema)...)
		must(t, err)
		sound(t, New(step[1]), hospital, 5)
	}
	same(t, stored(t, third, hospital), stored(t, first, hospital))
}

// forge makes the records of a chain as Append does, and gives them some at a time.
func forge(t testing.TB, tenant store.Tenant, entries int, some func([]store.Record)) {
	t.Helper()
	previous := origin(tenant)
	var batch []store.Record
	for n := 1; n <= entries; n++ {
		a := act("dossier.opened", n)
		a.Who, a.Object = fmt.Sprintf("person-%026d", n%500), fmt.Sprintf("dossiers/%026d", n%5000)
		a.Before, a.After = previous, previous
		entry := &Entry{Meta: store.Meta{ID: sequenceID(int64(n))}, Previous: previous, Event: fmt.Sprintf("%026d", n), Act: a}
		body, err := entry.encode()
		must(t, err)
		previous = entry.Hash
		if batch = append(batch, store.Record{Tenant: tenant, ID: entry.ID, Version: 1, Body: body}); len(batch) == 5000 || n == entries {
			some(batch)
			batch = batch[:0]
		}
	}
}

// BenchmarkVerify verifies a chain of a million entries of some 700 bytes, which takes a minute or two to make.
func BenchmarkVerify(b *testing.B) {
	const entries = 1_000_000
	engine := embedded(b)
	forge(b, hospital, entries, func(some []store.Record) { must(b, engine.Insert(b.Context(), "journal", some...)) })
	j := New(engine)
	for b.Loop() {
		report, err := j.Verify(b.Context(), hospital)
		must(b, err)
		if report.Broken != nil || report.Head.Sequence != entries {
			b.Fatalf("%+v", report)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/million")
}
