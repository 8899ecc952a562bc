package mongo

import (
	"context"
	"errors"
	"fmt"

	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/topology"

	"github.com/garant-sante/garant/internal/fault"
)

// The errors of MongoDB that its makers number in error_codes.yml and that are told apart here.
const (
	namespaceNotFound = 26
	indexNotFound     = 27
)

// explain says what was being done, and makes fault.Unavailable("store.unreachable") of an error that says the server
// cannot be reached, has no primary, or did not answer in time. What was asked may then have been done all the same.
func explain(ctx context.Context, doing string, err error) error {
	if err == nil {
		return nil
	}
	err = fmt.Errorf("%s: %w", doing, err)
	if errors.Is(ctx.Err(), context.Canceled) {
		return errors.Join(err, context.Canceled) // the caller gave up: the server is not to blame
	}
	if unreachable(err) {
		return fault.NewUnavailable("store.unreachable").Because(err)
	}
	return err
}

func unreachable(err error) bool {
	if driver.IsTimeout(err) || driver.IsNetworkError(err) || errors.As(err, &topology.ServerSelectionError{}) || errors.As(err, &topology.ConnectionError{}) {
		return true
	}
	// A primary that steps down, a server that shuts down: the driver has tried again already.
	var labeled driver.LabeledError
	return errors.As(err, &labeled) && (labeled.HasErrorLabel("RetryableWriteError") || labeled.HasErrorLabel("TransientTransactionError"))
}

// hasCode tells whether the server answered with that code.
func hasCode(err error, code int) bool {
	var answer driver.ServerError
	return errors.As(err, &answer) && answer.HasErrorCode(code)
}
