//go:build race

package sheet_test

import "time"

// patience under the race detector, which makes everything some ten times slower, on a machine that runs other packages'
// tests meanwhile. What is not bounded takes minutes.
const patience = 20 * time.Second
