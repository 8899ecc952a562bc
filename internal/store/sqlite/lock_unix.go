//go:build unix

package sqlite

import (
	"errors"
	"os"
	"syscall"
)

// acquire takes the lock of a folder, which ends with the process whatever kills it. errInUse when another has it.
func acquire(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(errInUse, err, file.Close())
	}
	return file, nil
}
