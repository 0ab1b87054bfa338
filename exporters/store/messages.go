package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"sipspan/record/choose"
)

// Wanted is which messages are looked for.
type Wanted struct {
	CallIDs      map[string]bool // nil: of any Call-ID; "" is of messages that have none
	Since, Until time.Time       // the first and the last moment; the zero value is no limit
}

// mostKeys is how many Call-IDs are looked up one by one. For more of them all messages of the time are read.
const mostKeys = 500

// Messages delivers the messages of a store that are wanted, in the order of their times; those of one Call-ID stay in the order in which they were captured,
// whatever the clock did. The store may be written at the same time. It ends with the first error of deliver. A part that cannot be read is in
// the error, and the others are read.
func Messages(ctx context.Context, folder string, w Wanted, deliver func(Message) error) error {
	return inParts(ctx, folder, func(path string) error { return MessagesOfPart(ctx, path, w, deliver) })
}

// MessagesOfPart does what Messages does in one file of a store.
func MessagesOfPart(ctx context.Context, path string, w Wanted, deliver func(Message) error) (err error) {
	part, err := openForReading(ctx, path, forMessages)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, part.close()) }()
	name := part.name
	var found []int64
	narrow := w.CallIDs != nil && len(w.CallIDs) <= mostKeys
	if narrow {
		var keys []int64
		for id := range w.CallIDs {
			keys = append(keys, int64(choose.CallIDKey(id)))
		}
		var many bool
		if found, many, err = part.numbers(ctx, toBlocks, keys); err != nil || len(found) == 0 && !many {
			return err
		}
		narrow = !many
	}
	text, values := w.statement(narrow, found)
	rows, err := part.tx.QueryContext(ctx, text, values...)
	if err != nil {
		return fmt.Errorf("searching %s: %w", name, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var bad error
	var held []Message // of one batch
	of := int64(0)
	for rows.Next() {
		var number, batch int64
		var body sql.RawBytes
		if err := rows.Scan(&number, &batch, &body); err != nil {
			return fmt.Errorf("searching %s: %w", name, err)
		}
		if batch != of {
			if err := handOver(held, deliver); err != nil {
				return err
			}
			held, of = held[:0], batch
		}
		if held, err = part.unpacker.messages(held, body, w.matches); err != nil && bad == nil {
			bad = fmt.Errorf("reading block %d of %s: %w", number, name, err)
		}
	}
	if err := rows.Err(); err != nil {
		bad = errors.Join(bad, fmt.Errorf("searching %s: %w", name, err))
	}
	return errors.Join(handOver(held, deliver), bad)
}

// handOver delivers messages that were written together, of which those of each Call-ID are in their order.
func handOver(held []Message, deliver func(Message) error) error {
	latest := map[string]int64{}
	order := make([]int64, len(held))
	places := make([]int, len(held))
	for i := range held {
		m := &held[i]
		at := m.Time
		if before, known := latest[m.CallID]; known {
			at = max(at, before)
		}
		latest[m.CallID], order[i], places[i] = at, at, i
	}
	slices.SortStableFunc(places, func(a, b int) int { return cmp.Compare(order[a], order[b]) })
	for _, i := range places {
		if err := deliver(held[i]); err != nil {
			return &endError{err}
		}
	}
	return nil
}

func (w *Wanted) limits() (low, high int64) {
	low, high = math.MinInt64, math.MaxInt64
	if !w.Since.IsZero() {
		low = w.Since.UnixNano()
	}
	if !w.Until.IsZero() {
		high = w.Until.UnixNano()
	}
	return low, high
}

// statement returns the SELECT that finds at least all blocks with messages that are wanted. With narrow these are among those with the numbers.
func (w *Wanted) statement(narrow bool, numbers []int64) (text string, values []any) {
	low, high := w.limits()
	text, values = "SELECT number, batch, body FROM blocks WHERE last >= ? AND first <= ?", []any{low, high}
	if narrow {
		text, values = text+" AND number IN (SELECT value FROM json_each(?))", append(values, listOf(numbers))
	}
	return text + " ORDER BY number", values
}

func (w *Wanted) matches(m *Message) bool {
	low, high := w.limits()
	return low <= m.Time && m.Time <= high && (w.CallIDs == nil || w.CallIDs[m.CallID])
}
