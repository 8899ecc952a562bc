package garant_test

import (
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// opened are the only files of the program that open a connection, a file of the machine or another program, and what
// they do it for. Everything else is embedded, or comes through these.
var opened = map[string]string{
	"cmd/garant/files.go":                   "files named on the command line",
	"cmd/garant/journalverify.go":           "the file of --journal-heads",
	"cmd/garant/lint.go":                    "a folder of libraries named on the command line",
	"cmd/garant/mail.go":                    "the files of --smtp-password-file and --smtp-ca",
	"cmd/garant/serve.go":                   "the addresses of --addr and --metrics-addr",
	"cmd/garant/issuers.go":                 "the files of the issuers' secrets and of --issuer-ca",
	"internal/identity/oidc_relation.go":    "issuers that the settings name",
	"internal/mail/session.go":              "the server of --smtp",
	"internal/store/sqlite/lock_unix.go":    "the folder of --data",
	"internal/store/sqlite/lock_windows.go": "the folder of --data",
	"internal/store/sqlite/sqlite.go":       "the folder of --data",
}

var (
	openings = regexp.MustCompile(`\b(net\.(Dial\w*|Listen(TCP|UDP|Unix\w*|Packet|IP|Config|Multicast\w*)?|Lookup\w+|Resolver)\b|tls\.Dial\w*|http\.(Client|Get|Post\w*|Head|DefaultClient|NewRequest\w*|ListenAndServe\w*)\b|os\.(Open\w*|ReadFile|Create\w*|DirFS)\b|exec\.Command\w*|plugin\.Open|syscall\.Exec)`)
	remarks  = regexp.MustCompile(`(?m)//.*$`)
)

func TestOnlyListedPlacesOpenConnectionsFilesOrPrograms(t *testing.T) {
	t.Parallel()
	found := map[string]string{}
	for _, root := range []string{"cmd", "internal", "frontend", "clauses", "questionnaires"} {
		err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
			path := filepath.ToSlash(name)
			switch {
			case err != nil:
				return err
			case entry.IsDir() && (entry.Name() == "node_modules" || strings.HasSuffix(path, "test") || entry.Name() == "testdata"): // programs of tests
				return fs.SkipDir
			case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
				return nil
			}
			if code := remarks.ReplaceAllString(readText(t, path), ""); openings.MatchString(code) {
				found[path] = opened[path]
				if opened[path] == "" {
					t.Errorf("%s: %s", path, openings.FindString(code))
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(opened, found); diff != "" {
		t.Errorf("what is opened is not what is listed (-listed +opened):\n%s", diff)
	}
}
