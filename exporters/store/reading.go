package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
)

// partReader reads one part as it was when the reading began, whatever is written meanwhile.
type partReader struct {
	name     string
	db       *sql.DB
	tx       *sql.Tx
	unpacker *unpacker
}

// openForReading opens a part for its records or its messages.
func openForReading(ctx context.Context, path string, content int) (r *partReader, err error) {
	r = &partReader{name: filepath.Base(path)}
	if r.db, err = connect(path, "ro"); err != nil {
		return nil, fmt.Errorf("opening %s: %w", r.name, err)
	}
	if err = check(ctx, r.db); err == nil {
		r.tx, err = r.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening %s: %w", r.name, err), r.db.Close())
	}
	var dictionary []byte
	if err = r.tx.QueryRowContext(ctx, "SELECT body FROM dictionary WHERE content = ?", content).Scan(&dictionary); err == nil {
		r.unpacker, err = newUnpacker(dictionary)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("reading %s: %w", r.name, err), r.close())
	}
	return r, nil
}

func (r *partReader) close() error {
	if r.unpacker != nil {
		r.unpacker.close()
	}
	_ = r.tx.Rollback() // nothing was changed
	return r.db.Close()
}

// numbers returns the numbers of what has one of the keys; many is true where reading all costs no more.
func (r *partReader) numbers(ctx context.Context, to int, keys []int64) (numbers []int64, many bool, err error) {
	if numbers, many, err = lookUp(ctx, r.tx, to, keys); err != nil {
		return nil, false, fmt.Errorf("searching the keys of %s: %w", r.name, err)
	}
	return numbers, many, nil
}
