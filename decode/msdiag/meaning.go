package msdiag

import (
	"cmp"
	"slices"
)

// Meaning is what a well-known error number stands for.
type Meaning struct {
	ID      uint32
	Because string // a clause that fits behind "because"
	Action  string // what to do, an imperative clause without a full stop; "" where there is nothing to do
	Kind    Kind
}

// Kind tells errors from what only looks like one.
type Kind uint8

// The kinds of error number.
const (
	Failure  Kind = iota
	Progress      // news of a request that goes on: no failure
	Silent        // says only that the reason is told elsewhere, or that it was not told
)

// Lookup returns what a well-known error number means; ok is false for the others. The header field's own reason says
// more where an implementer has put more into it.
func Lookup(id uint32) (m Meaning, ok bool) {
	i, ok := slices.BinarySearchFunc(meanings[:], id, func(m Meaning, id uint32) int { return cmp.Compare(m.ID, id) })
	if !ok {
		return Meaning{}, false
	}
	return meanings[i], true
}

// Meanings returns all that Lookup knows, in ascending order of the error number.
func Meanings() []Meaning { return slices.Clone(meanings[:]) }
