package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"
)

// mostNumbers is how many records or blocks are read one by one. Where a key has more of them, reading all of a part costs no more.
var mostNumbers = 50_000 // a test has fewer

// lookUp returns the numbers of what has one of the keys, ascending. many is true where these are more than mostNumbers; then not all are returned.
func lookUp(ctx context.Context, tx *sql.Tx, to int, keys []int64) (numbers []int64, many bool, err error) {
	runs, err := runsOf(ctx, tx, to)
	if err != nil {
		return nil, false, err
	}
	var page []pair
	for _, r := range runs {
		for _, key := range keys {
			// The page in whose middle the key may begin, and all that begin with it.
			for _, where := range [...]string{"run = ? AND low < ? ORDER BY low DESC, number DESC LIMIT 1", "run = ? AND low = ? ORDER BY number"} {
				if page, err = pairsIn(ctx, tx, page[:0], "SELECT low, body FROM key_pages WHERE "+where, r.number, key); err != nil {
					return nil, false, err
				}
				for _, p := range page {
					if p.key == key {
						numbers = append(numbers, p.number)
					}
				}
			}
			if len(numbers) > mostNumbers {
				return nil, true, nil
			}
		}
	}
	slices.Sort(numbers)
	return slices.Compact(numbers), false, nil
}

// pairsIn appends the pairs of the pages that a statement finds.
func pairsIn(ctx context.Context, tx *sql.Tx, all []pair, statement string, values ...any) (_ []pair, err error) {
	rows, err := tx.QueryContext(ctx, statement, values...)
	if err != nil {
		return all, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var low int64
		var page sql.RawBytes
		if err := rows.Scan(&low, &page); err != nil {
			return all, err
		}
		if all, err = pairsOf(all, low, page); err != nil {
			return all, err
		}
		if len(all) > 2*mostNumbers {
			break
		}
	}
	return all, rows.Err()
}

// listOf returns numbers as the JSON that json_each of SQLite takes.
func listOf(numbers []int64) string {
	text := []byte{'['}
	for i, n := range numbers {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendInt(text, n, 10)
	}
	return string(append(text, ']'))
}
