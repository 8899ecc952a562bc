package mongotest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
)

// module is the folder of the server's module, from the root of the checkout.
const module = "internal/store/mongo/ferrettest"

// build gives the server's binary, building it into the checkout's .cache folder when its sources or the toolchain
// changed. The first build takes minutes; test processes that need it at once wait for the one that builds.
var build = sync.OnceValues(func() (string, error) {
	root, err := checkout()
	if err != nil {
		return "", err
	}
	source := filepath.Join(root, module)
	key, err := fingerprint(source)
	if err != nil {
		return "", fmt.Errorf("read the sources of the test database: %w", err)
	}
	cache := filepath.Join(root, ".cache")
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", err
	}
	unlock, err := lock(filepath.Join(cache, "ferrettest.lock"))
	if err != nil {
		return "", fmt.Errorf("lock the build of the test database: %w", err)
	}
	defer unlock()
	binary := filepath.Join(cache, "ferrettest-"+key)
	if _, err := os.Stat(binary); err == nil {
		return binary, nil
	}
	return binary, compile(source, binary)
})

// compile builds the server under a temporary name first, so that a cut build leaves no binary. Binaries of earlier
// sources are removed.
func compile(source, binary string) error {
	command := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", binary+".new", ".")
	command.Dir = source
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-mod=readonly", "GOWORK=off")
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("build the test database: %w\n%s", err, output)
	}
	former, err := filepath.Glob(filepath.Join(filepath.Dir(binary), "ferrettest-*"))
	if err != nil {
		return err
	}
	for _, file := range former {
		if file != binary+".new" {
			_ = os.Remove(file)
		}
	}
	return os.Rename(binary+".new", binary)
}

// fingerprint hashes what the binary depends on: the module's files, which pin every dependency, and the toolchain.
func fingerprint(source string) (string, error) {
	files, err := filepath.Glob(filepath.Join(source, "*.go"))
	if err != nil {
		return "", err
	}
	hash := sha256.New()
	_, _ = fmt.Fprintln(hash, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	for _, file := range append(files, filepath.Join(source, "go.mod"), filepath.Join(source, "go.sum")) {
		content, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		_, _ = fmt.Fprintf(hash, "%s %d\n%s", filepath.Base(file), len(content), content)
	}
	return hex.EncodeToString(hash.Sum(nil))[:16], nil
}

// checkout finds the root of the checkout above the folder a test runs in.
func checkout() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, module, "go.mod")); err == nil {
			return folder, nil
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return "", errors.New("the sources of the test database are not above the current folder")
		}
		folder = parent
	}
}

// lock waits for the file's lock, which the system also frees when its holder is killed.
func lock(path string) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		_ = file.Close()
		return nil, err
	}
	return func() { _ = file.Close() }, nil
}
