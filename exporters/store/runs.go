package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"slices"
)

// The keys of a part are in runs: sorted lists, cut into pages. Each batch adds a run. When there are fanOut runs of a level, they are merged into one of the next level, so
// that a key is written once for each level, one after the other, instead of a page of a tree for each key. A search looks into each run of a part, of
// which there are fanOut at most for each level.
const fanOut = 16

// pageBytes is how much a page holds: together with its row it fills a page of SQLite.
const pageBytes = 3900

// What keys point to.
const (
	toRecords = 1
	toBlocks  = 2
)

// pair is a key and the number of the record or the block that has it.
type pair struct{ key, number int64 }

func (p pair) compare(o pair) int {
	switch {
	case p.key != o.key && p.key < o.key, p.key == o.key && p.number < o.number:
		return -1
	case p == o:
		return 0
	}
	return 1
}

// run is a sorted list of pairs, in the pages from first to last.
type run struct{ number, level, first, last int64 }

// runsOf returns the runs of a part, the oldest first.
func runsOf(ctx context.Context, tx *sql.Tx, to int) (all []run, err error) {
	rows, err := tx.QueryContext(ctx, "SELECT number, level, first, last FROM key_runs WHERE points_to = ? ORDER BY number", to)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var r run
		if err := rows.Scan(&r.number, &r.level, &r.first, &r.last); err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, rows.Err()
}

// runWriter writes runs in one transaction.
type runWriter struct {
	tx   *sql.Tx
	to   int
	page *sql.Stmt // writes a page
	next int64     // number of the next page
	low  int64     // the first key of the page that is being filled
	last pair
	body []byte
	run  int64
}

func newRunWriter(tx *sql.Tx, to int) (w *runWriter, err error) {
	w = &runWriter{tx: tx, to: to}
	if w.page, err = tx.Prepare("INSERT INTO key_pages (number, run, low, body) VALUES (?, ?, ?, ?)"); err != nil {
		return nil, err
	}
	const ask = "SELECT (SELECT coalesce(max(number), 0) FROM key_pages) + 1, (SELECT coalesce(max(number), 0) FROM key_runs) + 1"
	if err := tx.QueryRow(ask).Scan(&w.next, &w.run); err != nil {
		return nil, errors.Join(err, w.page.Close())
	}
	return w, nil
}

// addRun writes a run of some pairs, which it sorts, and merges runs where there are enough of them.
func addRun(tx *sql.Tx, to int, pairs []pair) error {
	if len(pairs) == 0 {
		return nil
	}
	slices.SortFunc(pairs, pair.compare)
	w, err := newRunWriter(tx, to)
	if err != nil {
		return err
	}
	rest := pairs
	err = w.write(0, func() (p pair, ok bool, err error) {
		if len(rest) == 0 {
			return pair{}, false, nil
		}
		p, rest = rest[0], rest[1:]
		return p, true, nil
	})
	if err == nil {
		err = w.mergeFull()
	}
	return errors.Join(err, w.page.Close())
}

// mergeFull merges the runs of each level that has enough of them.
func (w *runWriter) mergeFull() error {
	for level := int64(0); ; level++ {
		all, err := runsOf(context.Background(), w.tx, w.to)
		if err != nil {
			return err
		}
		same := slices.DeleteFunc(all, func(r run) bool { return r.level != level })
		if len(same) < fanOut {
			return nil
		}
		if err := w.merge(same, level+1); err != nil {
			return err
		}
	}
}

// largeLevel is the level from which on runs of a part that is finished stay as they are.
const largeLevel = 2

// mergeSmall merges the small runs of a part into one, so that a search looks into few.
func mergeSmall(tx *sql.Tx, to int) error {
	all, err := runsOf(context.Background(), tx, to)
	if err != nil {
		return err
	}
	small := slices.DeleteFunc(all, func(r run) bool { return r.level >= largeLevel })
	if len(small) < 2 {
		return nil
	}
	w, err := newRunWriter(tx, to)
	if err != nil {
		return err
	}
	return errors.Join(w.merge(small, largeLevel), w.page.Close())
}

// merge writes one run in the place of several.
func (w *runWriter) merge(runs []run, level int64) error {
	m, err := newMerging(w.tx, runs)
	if err != nil {
		return err
	}
	if err := errors.Join(w.write(level, m.next), m.page.Close()); err != nil {
		return err
	}
	for _, r := range runs {
		if _, err := w.tx.Exec("DELETE FROM key_pages WHERE number BETWEEN ? AND ?", r.first, r.last); err != nil {
			return err
		}
		if _, err := w.tx.Exec("DELETE FROM key_runs WHERE number = ?", r.number); err != nil {
			return err
		}
	}
	return nil
}

// write writes a run of what next returns in order.
func (w *runWriter) write(level int64, next func() (p pair, ok bool, err error)) error {
	first := w.next
	w.body = w.body[:0]
	for {
		p, ok, err := next()
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		if len(w.body)+2*binary.MaxVarintLen64 > pageBytes {
			if err := w.finishPage(); err != nil {
				return err
			}
		}
		if len(w.body) == 0 {
			w.low, w.last = p.key, pair{key: p.key}
		}
		if p.key != w.last.key {
			w.last.number = 0
		}
		w.body = binary.AppendUvarint(w.body, uint64(p.key-w.last.key))
		w.body = binary.AppendUvarint(w.body, uint64(p.number-w.last.number)) // ascending for one key
		w.last = p
	}
	if err := w.finishPage(); err != nil {
		return err
	}
	_, err := w.tx.Exec("INSERT INTO key_runs (number, points_to, level, first, last) VALUES (?, ?, ?, ?, ?)", w.run, w.to, level, first, w.next-1)
	w.run++
	return err
}

func (w *runWriter) finishPage() error {
	if len(w.body) == 0 {
		return nil
	}
	_, err := w.page.Exec(w.next, w.run, w.low, w.body)
	w.next++
	w.body = w.body[:0]
	return err
}

var errPage = errors.New("a page of keys is damaged")

// pairsOf appends the pairs of a page that begins with the key low.
func pairsOf(all []pair, low int64, page []byte) ([]pair, error) {
	f := fields{rest: page}
	p := pair{key: low}
	for len(f.rest) > 0 {
		key, number := f.uvarint(), f.uvarint()
		if f.bad {
			return all, errPage
		}
		if key != 0 {
			p = pair{key: p.key + int64(key)}
		}
		p.number += int64(number)
		all = append(all, p)
	}
	return all, nil
}

// merging reads several runs as one.
type merging struct {
	page *sql.Stmt
	runs []reading // a heap: the one with the least pair first
}

// reading is a run that is read page by page.
type reading struct {
	next, last int64 // pages
	pairs      []pair
	at         int
}

func newMerging(tx *sql.Tx, runs []run) (m *merging, err error) {
	m = new(merging)
	if m.page, err = tx.Prepare("SELECT low, body FROM key_pages WHERE number = ?"); err != nil {
		return nil, err
	}
	for _, r := range runs {
		one := reading{next: r.first, last: r.last}
		if ok, err := one.fill(m.page); err != nil {
			return nil, errors.Join(err, m.page.Close())
		} else if ok {
			m.runs = append(m.runs, one)
		}
	}
	for i := len(m.runs)/2 - 1; i >= 0; i-- {
		m.sink(i)
	}
	return m, nil
}

// fill reads the next page; ok is false where there is none.
func (r *reading) fill(page *sql.Stmt) (ok bool, err error) {
	if r.next > r.last {
		return false, nil
	}
	var low int64
	var body []byte
	if err := page.QueryRow(r.next).Scan(&low, &body); err != nil {
		return false, err
	}
	r.next++
	r.at = 0
	r.pairs, err = pairsOf(r.pairs[:0], low, body)
	return len(r.pairs) > 0, err
}

// next returns the least pair that is left.
func (m *merging) next() (p pair, ok bool, err error) {
	if len(m.runs) == 0 {
		return pair{}, false, nil
	}
	first := &m.runs[0]
	p = first.pairs[first.at]
	if first.at++; first.at == len(first.pairs) {
		more, err := first.fill(m.page)
		if err != nil {
			return pair{}, false, err
		}
		if !more {
			end := len(m.runs) - 1
			m.runs[0] = m.runs[end]
			m.runs = m.runs[:end]
		}
	}
	m.sink(0)
	return p, true, nil
}

// sink moves a run down the heap to its place.
func (m *merging) sink(i int) {
	for {
		least := i
		for _, child := range [...]int{2*i + 1, 2*i + 2} {
			if child < len(m.runs) && m.runs[child].head().compare(m.runs[least].head()) < 0 {
				least = child
			}
		}
		if least == i {
			return
		}
		m.runs[i], m.runs[least] = m.runs[least], m.runs[i]
		i = least
	}
}

func (r *reading) head() pair { return r.pairs[r.at] }
