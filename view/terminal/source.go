package terminal

import (
	"context"

	"sipspan/record"
	"sipspan/view/ladder"
)

// Source is where the records come from.
type Source interface {
	// Next waits until there is something new and returns it. It returns early with Done when ctx ends. It is not called again after Done.
	Next(ctx context.Context) Batch
}

// Batch is what a Source has got since the batch before.
type Batch struct {
	Records     []record.Record
	Read, Total int64  // bytes of the inputs; a Total of 0 is unknown
	PacketsLost uint64 // live: so far
	Missed      int    // live: records that came faster than they were taken, since the batch before
	Done        bool
	Err         error // with Done: what could not be read
}

// Desk does what takes time. Its methods are called outside of the goroutine of the view, and end early when ctx ends.
type Desk interface {
	// Draw draws the ladder of a session. failures are the failures with its Call-ID. related is whether the legs of the conversation
	// that have other Call-IDs are drawn with it. What could not be read is in the error, beside the ladder of what could.
	Draw(ctx context.Context, session record.Record, failures []record.Record, related bool) (*ladder.Ladder, error)
	// Save copies the packets of sessions into a file that does not exist yet, and returns in words what was copied.
	Save(ctx context.Context, sessions []record.Record, related bool, path string) (string, error)
}
