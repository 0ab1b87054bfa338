package shard

import (
	"sipspan/record"
	"sipspan/session/link"
)

// Sink takes what a tracker finishes. Calls come in the order of their times within one tracker.
type Sink interface {
	// Emit takes a record that was finished at the given packet time. The record belongs to the sink.
	Emit(at int64, r record.Record)
	// Announce takes a fact that a session under another Call-ID may have to do with. It belongs to the sink.
	Announce(at int64, a link.Announcement)
	// Signal takes what has just happened, if the tracker is watched. It is borrowed until the call returns.
	Signal(s *record.Signal)
}
