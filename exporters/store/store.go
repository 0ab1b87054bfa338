package store

import (
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/klauspost/compress/zstd"

	"sipspan/exporters"
	"sipspan/record"
	"sipspan/record/choose"
)

const (
	// batchRecords is after how many records a batch is written without waiting for Flush.
	batchRecords = 1000
	// maxWaiting is how many records wait while they cannot be written.
	maxWaiting = 20_000
	// maxPart is how many records a part holds.
	maxPart = 1_000_000
)

// Store writes records into a folder.
type Store struct {
	config Config
	wanted [record.NumKinds]bool
	now    func() time.Time
	log    *slog.Logger
	lock   *os.File
	packer *zstd.Encoder

	part    *sql.DB // nil: none is open
	path    string
	begun   time.Time
	written int // records in the part

	waiting []row
	keys    []choose.Key // of all that waits
	bodies  []byte       // of all that waits
	json    []byte
	checked time.Time // when what is too old was last looked for
}

// row is one record that waits. Its keys and its body are the next ones of Store.keys and Store.bodies.
type row struct {
	kind  record.Kind
	start int64
	keys  int
	body  int
}

var _ exporters.Exporter = (*Store)(nil)

// Open makes the folder if it is missing and returns an exporter into it. now is the wall clock; nil is time.Now.
func Open(c Config, log *slog.Logger, now func() time.Time) (*Store, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if now == nil {
		now = time.Now
	}
	s := &Store{config: c, now: now, log: log}
	s.wanted, _ = c.kinds()
	if err := os.MkdirAll(c.Directory, 0o750); err != nil {
		return nil, fmt.Errorf("making the folder of the store: %w", err)
	}
	var err error
	if s.lock, err = lock(c.Directory); err != nil {
		return nil, err
	}
	if s.packer, err = newPacker(); err != nil {
		return nil, errors.Join(err, s.lock.Close())
	}
	if err := s.open(); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the store: %w", err), s.lock.Close())
	}
	return s, nil
}

// open opens the newest part, or a new one where that is full, of another day, or of another version.
func (s *Store) open() error {
	found, err := parts(s.config.Directory)
	if err != nil {
		return err
	}
	if len(found) > 0 {
		path := found[len(found)-1]
		db, err := openForWriting(path)
		if err != nil {
			return err
		}
		s.begun, err = begun(path)
		if err == nil {
			err = db.QueryRow("SELECT coalesce(max(number), 0) FROM records").Scan(&s.written)
		}
		if err == nil && sameDictionary(db) {
			s.part, s.path = db, path
		} else if err = finish(db); err != nil {
			s.log.Warn("a part of the store cannot be continued", "path", path, "err", err)
		}
	}
	if s.part != nil && !s.full() {
		return nil
	}
	return s.next()
}

// sameDictionary reports whether a part was begun by this version of the program.
func sameDictionary(db *sql.DB) bool {
	var version int
	var body []byte
	err := errors.Join(db.QueryRow("PRAGMA user_version").Scan(&version), db.QueryRow("SELECT body FROM dictionary").Scan(&body))
	return err == nil && version == layoutVersion && string(body) == string(dictionary)
}

// full reports whether the part takes no more records.
func (s *Store) full() bool {
	return s.written >= maxPart || s.now().UTC().Truncate(24*time.Hour) != s.begun.Truncate(24*time.Hour)
}

// next finishes the part and begins another one.
func (s *Store) next() error {
	if s.part != nil {
		if err := finish(s.part); err != nil {
			s.log.Warn("a part of the store was not closed in order", "path", s.path, "err", err)
		}
		s.part = nil
	}
	at := s.now().UTC().Truncate(time.Millisecond)
	path := filepath.Join(s.config.Directory, partPrefix+at.Format(partTime)+partSuffix)
	db, err := create(path)
	if err != nil {
		return err
	}
	s.part, s.path, s.begun, s.written = db, path, at, 0
	return s.retain()
}

// Export implements exporters.Exporter. A record waits until there are enough for a batch, or until Flush.
func (s *Store) Export(r record.Record) error {
	if !s.wanted[r.Kind()] {
		return nil
	}
	if len(s.waiting) >= maxWaiting {
		lost := len(s.waiting)
		s.forget()
		return &exporters.LossError{Records: lost + 1, Err: errors.New("the records that could not be written are too many to be held")}
	}
	keys, bodies := len(s.keys), len(s.bodies)
	s.keys = choose.AppendKeys(s.keys, r)
	s.json = r.AppendJSON(s.json[:0])
	s.bodies = s.packer.EncodeAll(s.json, s.bodies)
	s.waiting = append(s.waiting, row{kind: r.Kind(), start: sureStart(r.Head()), keys: len(s.keys) - keys, body: len(s.bodies) - bodies})
	if len(s.waiting)%batchRecords == 0 {
		return s.write()
	}
	return nil
}

// sureStart returns when a record began, 0 where that is not known in Coordinated Universal Time.
func sureStart(h *record.Header) int64 {
	if h.Confidence.Flags&(record.NoTimes|record.NoDates|record.LocalTimes) != 0 {
		return 0
	}
	return h.Start
}

// Flush implements exporters.Exporter.
func (s *Store) Flush() error {
	if err := s.write(); err != nil {
		return err
	}
	if s.now().Sub(s.checked) >= time.Hour {
		return s.retain()
	}
	return nil
}

// Close implements exporters.Exporter.
func (s *Store) Close() error {
	err := s.write()
	if lost := len(s.waiting); lost > 0 {
		err = &exporters.LossError{Records: lost, Err: err}
	}
	if s.part != nil {
		err = errors.Join(err, finish(s.part))
	}
	return errors.Join(err, s.packer.Close(), s.lock.Close())
}

func (s *Store) forget() {
	s.waiting, s.keys, s.bodies = s.waiting[:0], s.keys[:0], s.bodies[:0]
}

// write writes what waits in one transaction. After an error all of it still waits.
func (s *Store) write() error {
	if len(s.waiting) == 0 {
		return nil
	}
	if err := s.room(); err != nil {
		return err
	}
	if s.part == nil || s.full() || s.vanished() {
		if err := s.next(); err != nil {
			return fmt.Errorf("beginning a part of the store: %w", err)
		}
	}
	if err := s.insert(); err != nil {
		return fmt.Errorf("writing to %s: %w", s.path, err)
	}
	s.written += len(s.waiting)
	s.forget()
	return nil
}

// vanished reports whether somebody has removed the file of the part. What would be written to it would be seen by nobody.
func (s *Store) vanished() bool {
	_, err := os.Stat(s.path)
	return errors.Is(err, os.ErrNotExist)
}

func (s *Store) insert() (err error) {
	tx, err := s.part.Begin()
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = tx.Rollback()
		}
	}()
	records, err := tx.Prepare("INSERT INTO records (number, kind, start, body) VALUES (?, ?, ?, ?)")
	if err != nil {
		return err
	}
	defer func() { _ = records.Close() }()
	keys, err := tx.Prepare("INSERT INTO keys (key, number) VALUES (?, ?)")
	if err != nil {
		return err
	}
	defer func() { _ = keys.Close() }()
	number, key, body := s.written, 0, 0
	for i := range s.waiting {
		r := &s.waiting[i]
		number++
		if _, err = records.Exec(number, int(r.kind), r.start, s.bodies[body:body+r.body]); err != nil {
			return err
		}
		body += r.body
		for _, k := range s.keys[key : key+r.keys] {
			if _, err = keys.Exec(int64(k), number); err != nil {
				return err
			}
		}
		key += r.keys
	}
	return tx.Commit()
}
