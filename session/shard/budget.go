package shard

import (
	"reflect"

	"sipspan/session/stats"
)

// Budget is the memory that sessions may take, in bytes.
type Budget struct {
	Busy    int // calls, subscriptions and transactions between their first message and their rest
	Waiting int // packed sessions, outside of the memory that the garbage collector manages
}

// ledger knows how many bytes the busy sessions of a tracker take. What counts follows from the messages alone and not from
// memory that others have left behind, so that the same capture is evicted alike with any number of workers.
type ledger struct {
	Bytes [stats.NumTables]int
	Busy  int // all of them
	// As they were counted last:
	Waiting                            int // packed sessions of both tables
	WaitingCalls, WaitingSubscriptions int // of these, with what the store itself takes among the calls
	Evidence, CallIDs                  int
}

// Charge sets what an entry of a table takes.
func (s *Shard) Charge(table stats.Table, entry *int32, bytes int) {
	more := bytes - int(*entry)
	if more == 0 {
		return
	}
	*entry = int32(bytes)
	s.Ledger.Bytes[table] += more
	s.Ledger.Busy += more
	s.Counters.Bytes[table] += int64(more)
}

// SizeOf returns how many bytes a value takes, without what it refers to.
func SizeOf[T any]() int { return int(reflect.TypeFor[T]().Size()) }

// Beyond returns what n entries of a size take beyond those that there is room for from the start: slices grow to double
// their size.
func Beyond(n, start, size int) int {
	if n <= start {
		return 0
	}
	return (2*n - start) * size
}
