package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sipspan/record"
)

// Position is the place of a record in the order of Newest.
type Position struct {
	Start int64 // Unix nanoseconds, 0 where it is not known
	ID    string
}

// PositionOf returns the place of a record.
func PositionOf(r record.Record) Position { return Position{sureStart(r.Head()), r.Head().ID} }

// before reports whether a is listed before b: it began later.
func (p Position) before(o Position) bool { return p.compare(o) < 0 }

func (p Position) compare(o Position) int {
	return cmp.Or(cmp.Compare(o.Start, p.Start), strings.Compare(o.ID, p.ID))
}

// maxEqual is how many records that began at the same time as the last wanted one are put into order.
const maxEqual = 10_000

// errEnough ends the search of a part.
var errEnough = errors.New("enough")

// Newest returns the records that match, those first that began last, and at most limit of them. after is the position of the record after which the list
// begins; nil is the beginning of all. What was found before an error is returned with it: of a part that was not read to its end, the newest.
func Newest(ctx context.Context, folder string, q Query, after *Position, limit int) ([]record.Record, error) {
	paths, err := parts(folder)
	if err != nil {
		return nil, fmt.Errorf("reading the store: %w", err)
	}
	q.newest = true
	if after != nil {
		q.latest = after.Start
	}
	n := newest{after: after, limit: limit}
	var bad error
	for _, path := range slices.Backward(paths) {
		n.inPart = 0
		err := SearchPart(ctx, path, q, n.take)
		n.order()
		if err != nil && !errors.Is(err, errEnough) {
			bad = errors.Join(bad, err)
			if ctx.Err() != nil {
				break
			}
		}
		// The records of earlier parts were over when this part was begun.
		if at, err := begun(path); err == nil && len(n.found) == limit && n.last().Start >= at.UnixNano() {
			break
		}
	}
	return n.found, bad
}

// newest gathers the newest records.
type newest struct {
	after  *Position
	limit  int
	found  []record.Record
	inPart int
	prior  int64 // start of the record that was taken last
}

// take takes the next record of a part, in which none began later.
func (n *newest) take(r record.Record) error {
	p := PositionOf(r)
	if n.after != nil && !n.after.before(p) {
		return nil
	}
	if n.inPart >= n.limit && p.Start != n.prior || n.inPart >= n.limit+maxEqual {
		return errEnough
	}
	n.inPart++
	n.prior = p.Start
	n.found = append(n.found, r)
	return nil
}

// order sorts what was found and forgets what is beyond the limit.
func (n *newest) order() {
	slices.SortStableFunc(n.found, func(a, b record.Record) int { return PositionOf(a).compare(PositionOf(b)) })
	n.found = n.found[:min(len(n.found), n.limit)]
}

func (n *newest) last() Position { return PositionOf(n.found[len(n.found)-1]) }
