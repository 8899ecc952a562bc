package storetest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/garant-sante/garant/internal/store"
)

// childVariable makes a test binary the writing child of Kill, on the store its value names.
const childVariable = "GARANT_STORETEST_WRITES_TO"

// kills is how often the writer is killed.
const kills = 30

// Child makes of this process the writing child of Kill when Kill started it, and then never returns. Call it first
// in TestMain, with what opens the store that was given to Kill as target.
func Child(open func(target string) (store.Engine, error)) {
	target := os.Getenv(childVariable)
	if target == "" {
		return
	}
	engine, err := open(target)
	if err == nil {
		err = write(context.Background(), engine, os.Stdout)
	}
	fmt.Fprintln(os.Stderr, "the writing child ended by itself:", err)
	os.Exit(1)
}

// write stores documents, increments and files for ever, and acknowledges each on a line once it is stored.
func write(ctx context.Context, engine store.Engine, acknowledged io.Writer) error {
	if err := engine.Declare(ctx, notes); err != nil {
		return err
	}
	in := store.NewCollection[note](engine, notes).In(blue)
	keys, err := Unlock(ctx, engine)
	if err != nil {
		return err
	}
	files := store.NewFiles(engine, keys).In(blue)
	acknowledge := func(kind, id string, n int) error {
		_, err := fmt.Fprintf(acknowledged, "%s %s %d\n", kind, id, n) // one write, so lines do not mix
		return err
	}
	insert := func(i int) error {
		doc := &note{Group: "g", Count: i}
		if err := in.Insert(ctx, doc); err != nil {
			return err
		}
		return acknowledge("insert", doc.ID, i)
	}
	increment := func(int) error {
		doc, err := in.Update(ctx, "counter", func(n *note) error { n.Count++; return nil })
		if err != nil {
			return err
		}
		return acknowledge("count", doc.ID, doc.Count)
	}
	upload := func(i int) error {
		size := store.ChunkSize + 1 + i
		file, err := files.Create(ctx, "f", "text/plain", content(int64(size)), 1<<30)
		if err != nil {
			return err
		}
		return acknowledge("file", file.ID, size)
	}
	for _, err := range together(4, func(w int) error {
		step := []func(int) error{insert, insert, increment, upload}[w]
		for i := 0; ; i++ {
			if err := step(i); err != nil {
				return err
			}
		}
	}) {
		return err // the first that ended says why
	}
	return nil
}

// Kill has a child process write to the store named target, kills it (-9) thirty times at random moments, and
// checks each time that whatever it acknowledged is there and whole. open opens that store in this process; it is
// asked anew after each kill, and what it gives is closed here.
func Kill(t *testing.T, target string, open func(t *testing.T) store.Engine) {
	engine := open(t)
	must(t, engine.Declare(t.Context(), notes))
	must(t, store.NewCollection[note](engine, notes).In(blue).Insert(t.Context(), &note{Meta: store.Meta{ID: "counter"}}))
	must(t, engine.Close())

	total := 0
	for round := range kills {
		lines := killed(t, target, round)
		engine := open(t)
		must(t, engine.Declare(t.Context(), notes))
		check(t, engine, lines)
		must(t, engine.Close())
		total += len(lines)
	}
	if total < kills {
		t.Fatalf("%d writes were acknowledged in %d rounds: nothing was tried", total, kills)
	}
	engine = open(t)
	must(t, engine.Declare(t.Context(), notes))
	_, err := filesOf(t, alone{engine}).Sweep(t.Context())
	must(t, err)
	leaveNoChunkAlone(t, engine)
	must(t, engine.Close())
}

// killed runs the child until a random moment and gives the lines it acknowledged.
func killed(t *testing.T, target string, round int) []string {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), childVariable+"="+target)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	must(t, err)
	must(t, child.Start())
	var lines []string
	scanner := bufio.NewScanner(out)
	next := func() bool {
		if !scanner.Scan() {
			return false
		}
		lines = append(lines, scanner.Text())
		return true
	}
	if round%6 != 0 && !next() { // every sixth time it may be killed before it wrote anything
		t.Errorf("round %d: the child wrote nothing", round)
	}
	moment := time.AfterFunc(rand.N(120*time.Millisecond), func() { _ = child.Process.Kill() })
	defer moment.Stop()
	for next() {
	}
	_ = child.Wait() // it was killed: its status says so
	return lines
}

// check finds in the store what each line acknowledges.
func check(t *testing.T, engine store.Engine, lines []string) {
	t.Helper()
	ctx := t.Context()
	in := store.NewCollection[note](engine, notes).In(blue)
	for _, line := range lines {
		fields := strings.Fields(line)
		if len(fields) != 3 {
			continue // cut by the kill, so nothing was promised
		}
		kind, id := fields[0], fields[1]
		n, err := strconv.Atoi(fields[2])
		must(t, err)
		switch kind {
		case "file":
			r, described, err := filesOf(t, engine).In(blue).Open(ctx, id)
			must(t, err)
			same(t, described.Size, int64(n))
			want, _ := digest(t, content(int64(n)))
			got, _ := digest(t, r)
			same(t, got, want)
		default:
			doc, err := in.Get(ctx, id)
			must(t, err)
			if kind == "count" && doc.Count < n || kind == "insert" && doc.Count != n {
				t.Fatalf("%s has count %d, %q was acknowledged", id, doc.Count, line)
			}
		}
	}
}

// leaveNoChunkAlone checks that every chunk is of a file there is.
func leaveNoChunkAlone(t *testing.T, engine store.Engine) {
	t.Helper()
	chunks := map[string]int{}
	must(t, engine.Scan(t.Context(), store.Span{Collection: "file-chunks"}, func(r store.Record) error {
		file, _, _ := strings.Cut(r.ID, ".")
		chunks[file]++
		return nil
	}))
	must(t, engine.Scan(t.Context(), store.Span{Collection: "files"}, func(r store.Record) error {
		if chunks[r.ID] == 0 || r.Body.Lookup("unfinished").Type != 0 {
			t.Errorf("file %s has %d chunks, or is unfinished", r.ID, chunks[r.ID])
		}
		delete(chunks, r.ID)
		return nil
	}))
	if len(chunks) > 0 {
		t.Errorf("chunks of no file: %v", chunks)
	}
}
