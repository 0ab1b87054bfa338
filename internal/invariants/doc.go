// Package invariants holds the switch of the checking builds.
//
// A []byte handed to a callback is borrowed until the call returns. Builds with
// -race or -tags invariants overwrite every such buffer as soon as the callback
// is back, so a slice that somebody kept reads as 0xCC and the test that looks
// at the result fails. In every other build Enabled is a false constant and the
// compiler drops the calls.
package invariants

// poison is what a borrowed buffer holds once the borrow is over.
const poison = 0xCC

// Poison overwrites all of b in the checking builds and does nothing in others.
func Poison(b []byte) {
	if !Enabled || len(b) == 0 {
		return
	}
	b[0] = poison
	for n := 1; n < len(b); n *= 2 { // whole ranges: -race checks each access
		copy(b[n:], b[:n])
	}
}
