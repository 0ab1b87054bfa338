package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// The names of parts. They hold when the part was begun, so that their order is that of the records.
const (
	partPrefix = "history-"
	partSuffix = ".sqlite"
	partTime   = "20060102T150405.000Z"
)

// What a part has in its header, so that it is told from other files of SQLite.
const (
	applicationID = 0x53504e48 // "SPNH"
	layoutVersion = 3
)

const schema = `
CREATE TABLE dictionary (content INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE records (number INTEGER PRIMARY KEY, kind INTEGER NOT NULL, start INTEGER NOT NULL, body BLOB NOT NULL);
CREATE INDEX records_by_start ON records (kind, start);
CREATE TABLE blocks (number INTEGER PRIMARY KEY, batch INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE key_runs (number INTEGER PRIMARY KEY, points_to INTEGER NOT NULL, level INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL);
CREATE TABLE key_pages (number INTEGER PRIMARY KEY, run INTEGER NOT NULL, low INTEGER NOT NULL, body BLOB NOT NULL);
CREATE INDEX key_pages_by_low ON key_pages (run, low);
`

// What the dictionaries of a part are for.
const (
	forRecords  = 1
	forMessages = 2
)

// parts returns the paths of the parts in a folder, the oldest first.
func parts(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, e := range entries {
		if name := e.Name(); e.Type().IsRegular() && strings.HasPrefix(name, partPrefix) && strings.HasSuffix(name, partSuffix) {
			if path := filepath.Join(folder, name); IsPart(path) {
				found = append(found, path)
			}
		}
	}
	slices.Sort(found)
	return found, nil
}

// IsPart reports whether a file is a part of a store: by its content, not by its name.
func IsPart(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	var head [72]byte
	if _, err := io.ReadFull(f, head[:]); err != nil {
		return false
	}
	// The format of the file is that of https://www.sqlite.org/fileformat2.html, section 1.3.
	return string(head[:16]) == "SQLite format 3\x00" && binary.BigEndian.Uint32(head[68:]) == applicationID
}

// IsStore reports whether a folder holds parts of a store.
func IsStore(folder string) bool {
	found, err := parts(folder)
	return err == nil && len(found) > 0
}

// begun returns when a part was begun, as its name tells.
func begun(path string) (time.Time, error) {
	name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), partPrefix), partSuffix)
	return time.Parse(partTime, name)
}

// busyWait is how long a statement waits for another process that holds a lock, in milliseconds.
const busyWait = 10_000

// unchanging is the mode in which a file is read as it is, without a look at what stands beside it.
const unchanging = "unchanging"

// connect opens the file of a part with one connection. mode is that of SQLite: ro, rw or rwc; or unchanging.
func connect(path, mode string, pragmas ...string) (*sql.DB, error) {
	q := url.Values{"mode": {mode}, "_pragma": append([]string{fmt.Sprintf("busy_timeout(%d)", busyWait)}, pragmas...)}
	if mode == unchanging {
		q.Set("mode", "ro")
		q.Set("immutable", "1")
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: absolute, RawQuery: q.Encode()}).String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// create makes a new part with the dictionary that its records are compressed with.
func create(path string) (*sql.DB, error) {
	// Before there is a name that a reader would open, the part has its tables and its header.
	making := path + ".new"
	_ = os.Remove(making)
	db, err := connect(making, "rwc", "journal_mode(OFF)", "synchronous(OFF)")
	if err != nil {
		return nil, err
	}
	_, err = db.Exec(fmt.Sprintf("PRAGMA application_id=%d; PRAGMA user_version=%d;", applicationID, layoutVersion) + schema)
	if err == nil {
		_, err = db.Exec("INSERT INTO dictionary VALUES (?, ?), (?, ?)", forRecords, dictionary, forMessages, messageDictionary)
	}
	err = errors.Join(err, db.Close())
	if err == nil {
		err = errors.Join(os.Chmod(making, 0o640), os.Rename(making, path))
	}
	if err != nil {
		return nil, errors.Join(err, os.Remove(making))
	}
	return openForWriting(path)
}

// openForWriting opens a part. With the journal in a file of its own, readers do not wait for the writer, nor it for them; a batch that was
// committed survives the end of the program in whatever way, and those of the last moments may be missing after the power failed.
func openForWriting(path string) (*sql.DB, error) {
	return connect(path, "rw", "journal_mode(WAL)", "synchronous(NORMAL)", "cache_size(-16384)", "journal_size_limit(4194304)")
}

// finish puts the journal of a part into it, so that the part is one file, and closes it.
func finish(db *sql.DB) error {
	_, err := db.Exec("PRAGMA journal_mode=DELETE")
	if isBusy(err) {
		err = nil // somebody reads it now: the journal stays beside it
	}
	return errors.Join(err, db.Close())
}

func isBusy(err error) bool {
	return err != nil && (strings.Contains(err.Error(), "SQLITE_BUSY") || strings.Contains(err.Error(), "database is locked"))
}

// check reports a part that this program cannot read.
func check(ctx context.Context, db *sql.DB) error {
	var version int
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if version != layoutVersion {
		return fmt.Errorf("layout %d is of another version of the program, which reads layout %d", version, layoutVersion)
	}
	return nil
}

// remove deletes the files of a part.
func remove(path string) error {
	err := os.Remove(path)
	for _, beside := range []string{"-wal", "-shm", "-journal"} {
		if e := os.Remove(path + beside); e != nil && !errors.Is(e, os.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return err
}

// size returns the bytes of the files of a part.
func size(path string) (total int64) {
	for _, name := range []string{path, path + "-wal"} {
		if info, err := os.Stat(name); err == nil {
			total += info.Size()
		}
	}
	return total
}
