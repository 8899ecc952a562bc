package sqlite

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// acquire takes the lock of a folder, which ends with the process whatever kills it. errInUse when another has it.
func acquire(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	const mode = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	if err := windows.LockFileEx(windows.Handle(file.Fd()), mode, 0, 1, 0, new(windows.Overlapped)); err != nil {
		return nil, errors.Join(errInUse, err, file.Close())
	}
	return file, nil
}
