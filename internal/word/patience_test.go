//go:build !race

package word

import "time"

// patience is how long anything hostile may take.
const patience = time.Second
