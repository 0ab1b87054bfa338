package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"

	"modernc.org/sqlite"
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
	err = r.begin(ctx, path, "ro")
	var refused *sqlite.Error
	if errors.As(err, &refused) && refused.Code() == readonlyRollback {
		err = r.begin(ctx, path, unchanging)
	}
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", r.name, err)
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

// readonlyRollback is SQLITE_READONLY_ROLLBACK (https://www.sqlite.org/rescode.html#readonly_rollback): the writer was killed and has left a journal, which only
// somebody who writes may roll back. It writes one only where all records are in the file and nothing is beside it: when a part is finished or
// continued, for the mark that it has no write-ahead log or that it has one. Both with and without that mark the file can be read as it is.
const readonlyRollback = 776

// begin opens the file, in a mode of connect, and begins a transaction.
func (r *partReader) begin(ctx context.Context, path, mode string) (err error) {
	if r.db, err = connect(path, mode); err != nil {
		return err
	}
	if err = check(ctx, r.db); err == nil {
		r.tx, err = r.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	}
	if err != nil {
		return errors.Join(err, r.db.Close())
	}
	return nil
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
