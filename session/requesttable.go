package session

import (
	"sipspan/session/shard"
	"sipspan/session/store"
)

// Table holds the requests of a shard.
type Table struct {
	*shard.Shard
	*requestMemory
	requests store.Queue[request] // oldest first
}

// requestMemory is what finished requests leave for the next ones. Shards of one goroutine share it.
type requestMemory struct {
	freeRequests []*request
	freeContents []*content
}

// NewTable returns an empty table.
func NewTable(s *shard.Shard) *Table { return &Table{Shard: s, requestMemory: new(requestMemory)} }

// Share makes a table work in the memory of another.
func (t *Table) Share(with *Table) {
	t.Shard.Share(with.Shard)
	t.requestMemory = with.requestMemory
}
