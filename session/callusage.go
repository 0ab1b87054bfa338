package session

import (
	"sipspan/session/media"
	"sipspan/session/store"
)

// Groups holds the groups of a shard and the order in which their calls came.
type Groups interface {
	// MakeRoom writes and forgets the oldest call when there are as many as there may be.
	MakeRoom()
	// Enter takes in the call of a group.
	Enter(g *group)
	// Leave takes it out again.
	Leave(g *group)
}

// CallUsage follows the calls of a shard.
type CallUsage struct {
	*Table
	*callMemory
	groups Groups
}

// callMemory is the memory in which calls are worked at, and what ended ones leave for the next. Shards of one goroutine share it.
type callMemory struct {
	packer   callPacker
	pieces   []store.Piece
	branches []*hop
	stages   []stage
	media    media.Reader
	lines    []mediaLine

	freeCalls []*call
}

// NewCallUsage returns a usage without calls.
func NewCallUsage(t *Table, groups Groups) *CallUsage {
	return &CallUsage{Table: t, callMemory: new(callMemory), groups: groups}
}

// Share makes a usage work in the memory of another.
func (u *CallUsage) Share(with *CallUsage) { u.callMemory = with.callMemory }
