package journal

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/store"
)

// Head is the end of a chain: with it, everything up to there is fixed.
type Head struct {
	Tenant   store.Tenant
	Sequence int64 // of the last entry, which is how many there are; 0 when there is none
	Hash     Hash  // of the last entry
}

// String gives "sequence:hash", as it is noted in a mail or a file.
func (h Head) String() string { return fmt.Sprintf("%d:%s", h.Sequence, h.Hash) }

// ParseHead reads the "sequence:hash" of a tenant. fault.Invalid("journal.bad-head") when it is none.
func ParseHead(tenant store.Tenant, text string) (Head, error) {
	number, hash, _ := strings.Cut(strings.TrimSpace(text), ":")
	sequence, err := strconv.ParseInt(number, 10, 64)
	if err != nil || sequence < 0 || !hashPattern.MatchString(hash) || tenant == "" {
		return Head{}, fault.NewInvalid("journal.bad-head", "value", text)
	}
	return Head{Tenant: tenant, Sequence: sequence, Hash: Hash(hash)}, nil
}

// WriteHeads writes heads as lines "time tenant sequence:hash", the time being when they were read, in UTC. Lines of later
// days may follow in the same file.
func WriteHeads(w io.Writer, when time.Time, heads []Head) error {
	for _, head := range heads {
		if _, err := fmt.Fprintf(w, "%s %s %s\n", when.UTC().Format(time.RFC3339), head.Tenant, head); err != nil {
			return err
		}
	}
	return nil
}

// ReadHeads reads what WriteHeads wrote; empty lines and those that begin with # are skipped. Every line that is something
// else is one of the fault.Problems.
func ReadHeads(r io.Reader) ([]Head, error) {
	var (
		heads    []Head
		problems fault.Problems
	)
	lines := bufio.NewScanner(r)
	for number := 1; lines.Scan(); number++ {
		fields := strings.Fields(lines.Text())
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		head, err := Head{}, fault.NewInvalid("journal.bad-head")
		if len(fields) == 3 {
			if read, wrong := ParseHead(store.Tenant(fields[1]), fields[2]); wrong == nil {
				head, err = read, nil
			}
		}
		if err != nil {
			problems = append(problems, fault.Problem{Line: number, Key: "journal.bad-line"})
			continue
		}
		heads = append(heads, head)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("reading heads: %w", err)
	}
	return heads, problems.OrNil()
}
