package store

import "testing"

// FewNumbers makes a key of more than n records common until the test ends.
func FewNumbers(t *testing.T, n int) {
	before := mostNumbers
	mostNumbers = n
	t.Cleanup(func() { mostNumbers = before })
}
