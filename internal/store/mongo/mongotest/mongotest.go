// Package mongotest gives tests and benchmarks a database on a server that speaks MongoDB's protocol: the one of
// ../ferrettest, built once and started for the test, or any server named in GARANT_TEST_MONGODB_URI.
package mongotest

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// Variable names another server to run the tests against: a mongodb:// or mongodb+srv:// address whose database, if
// any, is replaced by a new one for each test.
const Variable = "GARANT_TEST_MONGODB_URI"

// patience is how long a server may take to start, to stop, or to drop a database.
const patience = 30 * time.Second

// External tells whether the tests run against a server named in the environment rather than the one built here.
func External() bool { return os.Getenv(Variable) != "" }

// URI gives the address of an empty database that no other test uses. The database, and the server where it was
// started here, are gone when the test ends.
func URI(t testing.TB) string {
	t.Helper()
	name := "garant_test_" + strings.ToLower(rand.Text()[:12])
	if External() {
		uri := withDatabase(os.Getenv(Variable), name)
		t.Cleanup(func() { drop(t, uri, name) })
		return uri
	}
	return withDatabase(start(t), name) + "?timeoutMS=120000" // the machine of the tests may be busy
}

// start runs the server of ../ferrettest until the test ends and gives its address.
func start(t testing.TB) string {
	t.Helper()
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(binary, "-dir", t.TempDir())
	command.Stderr = os.Stderr
	stdin, err := command.StdinPipe() // its end stops the server, also when this process is killed
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatalf("start the test database: %v", err)
	}
	t.Cleanup(func() { stop(t, command, stdin) })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("the test database did not start: %v", err)
	}
	return strings.TrimSpace(line)
}

// stop asks the server to end and waits for it.
func stop(t testing.TB, command *exec.Cmd, stdin io.Closer) {
	_ = stdin.Close()
	tooLong := time.AfterFunc(patience, func() { _ = command.Process.Kill() })
	defer tooLong.Stop()
	if err := command.Wait(); err != nil {
		t.Errorf("the test database ended badly: %v", err)
	}
}

// drop removes a test's database from a server that stays.
func drop(t testing.TB, uri, name string) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	client, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		t.Errorf("connect to drop %s: %v", name, err)
		return
	}
	defer func() { _ = client.Disconnect(ctx) }()
	if err := client.Database(name).Drop(ctx); err != nil {
		t.Errorf("drop %s: %v", name, err)
	}
}

// withDatabase puts a database name in an address. It is done on the text, since net/url refuses the several hosts
// that such an address may have.
func withDatabase(uri, database string) string {
	base, query, hasQuery := strings.Cut(uri, "?")
	scheme, rest, _ := strings.Cut(base, "://")
	hosts, former, _ := strings.Cut(rest, "/")
	uri = fmt.Sprintf("%s://%s/%s", scheme, hosts, database)
	if !hasQuery {
		query = ""
	}
	if former != "" && strings.Contains(hosts, "@") && !strings.Contains(query, "authSource=") {
		query = strings.Trim(query+"&authSource="+former, "&") // the database of an address is also where its user is known
	}
	if query != "" {
		uri += "?" + query
	}
	return uri
}
