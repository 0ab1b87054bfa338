package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strings"

	"sipspan/record"
	"sipspan/record/choose"
)

// Query is what is searched for.
type Query struct {
	Choice *choose.Choice // nil: everything
	Kinds  []record.Kind  // none: all

	newest bool  // in the reverse order
	latest int64 // when the first of them began at the latest; 0: whenever
}

// Search delivers the records of a store that match, those of each part in the order in which they began. The store may be written at the same time; what
// is committed after the search has come to its part is not found. It ends with the first error of deliver. A part that cannot be read is in the
// error, and the others are searched.
func Search(ctx context.Context, folder string, q Query, deliver func(record.Record) error) error {
	return inParts(ctx, folder, func(path string) error { return SearchPart(ctx, path, q, deliver) })
}

// inParts calls read for each part of a store, the oldest first.
func inParts(ctx context.Context, folder string, read func(path string) error) error {
	found, err := parts(folder)
	if err != nil {
		return fmt.Errorf("reading the store: %w", err)
	}
	if len(found) == 0 {
		return fmt.Errorf("reading the store: %s holds no history-*.sqlite of sipspan", folder)
	}
	var bad []error
	for _, path := range found {
		err := read(path)
		var end *endError
		if errors.As(err, &end) || ctx.Err() != nil {
			return err
		}
		bad = append(bad, err)
	}
	return errors.Join(bad...)
}

// endError is an error of the one to whom records are delivered.
type endError struct{ err error }

func (e *endError) Error() string { return e.err.Error() }

// Unwrap returns the cause.
func (e *endError) Unwrap() error { return e.err }

// SearchPart does what Search does in one file of a store.
func SearchPart(ctx context.Context, path string, q Query, deliver func(record.Record) error) (err error) {
	part, err := openForReading(ctx, path, forRecords)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, part.close()) }()
	name := part.name
	var found []int64
	keys, narrow := choice(q).Keys()
	if narrow {
		var many bool
		if found, many, err = part.numbers(ctx, toRecords, numbersOf(keys)); err != nil || len(found) == 0 && !many {
			return err
		}
		narrow = !many
	}
	text, values := statement(q, narrow, found)
	rows, err := part.tx.QueryContext(ctx, text, values...)
	if err != nil {
		return fmt.Errorf("searching %s: %w", name, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var bad error
	for rows.Next() {
		var number int64
		var body sql.RawBytes
		if err := rows.Scan(&number, &body); err != nil {
			return fmt.Errorf("searching %s: %w", name, err)
		}
		r, err := part.unpacker.record(body)
		if err != nil {
			if bad == nil {
				bad = fmt.Errorf("reading record %d of %s: %w", number, name, err)
			}
			continue
		}
		if !choice(q).Match(r) {
			continue
		}
		if err := deliver(r); err != nil {
			return &endError{err}
		}
	}
	if err := rows.Err(); err != nil {
		bad = errors.Join(bad, fmt.Errorf("searching %s: %w", name, err))
	}
	return bad
}

// statement returns the SELECT that finds at least all records that match. With narrow these are among those with the numbers.
func statement(q Query, narrow bool, numbers []int64) (text string, values []any) {
	kinds := q.Kinds
	if len(kinds) == 0 {
		for k := range record.NumKinds {
			kinds = append(kinds, record.Kind(k))
		}
	}
	var conditions []string
	add := func(condition string, with ...any) {
		conditions = append(conditions, condition)
		values = append(values, with...)
	}
	kind, start := "kind", "start"
	if narrow {
		add("number IN (SELECT value FROM json_each(?))", listOf(numbers))
		kind, start = "+kind", "+start" // the plus keeps SQLite from looking in the index by time first
	}
	add(kind+" IN ("+marks(len(kinds))+")", anys(kinds)...)
	if since, until := choice(q).Span(); !since.IsZero() || !until.IsZero() {
		low, high := int64(math.MinInt64), int64(math.MaxInt64)
		if !since.IsZero() {
			low = since.UnixNano()
		}
		if !until.IsZero() {
			high = until.UnixNano()
		}
		add("("+start+" BETWEEN ? AND ? OR "+start+" = 0)", low, high) // 0 is unknown
	}
	if q.latest != 0 {
		add(start+" <= ?", q.latest)
	}
	order := " ORDER BY start, number"
	if q.newest {
		order = " ORDER BY start DESC, number DESC"
	}
	return "SELECT number, body FROM records WHERE " + strings.Join(conditions, " AND ") + order, values
}

func choice(q Query) *choose.Choice {
	if q.Choice == nil {
		return &choose.Choice{}
	}
	return q.Choice
}

func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

func anys(kinds []record.Kind) []any {
	all := make([]any, len(kinds))
	for i, k := range kinds {
		all[i] = int64(k)
	}
	return all
}

func numbersOf(keys []choose.Key) []int64 {
	all := make([]int64, len(keys))
	for i, k := range keys {
		all[i] = int64(k)
	}
	return all
}
