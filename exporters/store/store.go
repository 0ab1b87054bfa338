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
	"sipspan/internal/wire"
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
	// partsOfTotal is which part of Config.KeepTotal a file takes at most, or little more.
	partsOfTotal = 16
)

// MessagesName is what the messages of a store are called among the exporters.
const MessagesName = "store_messages"

// Store writes records into a folder, and messages where its Config has that. Message and MessageStats may be called from any goroutine; all other methods belong to
// one.
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
	pairs   []pair       // of the batch that is written
	json    []byte
	checked time.Time // when what is too old was last looked for

	inbox  *inbox // nil: no messages are kept
	blocks blocks
	made   []block // that wait
	block  int64   // number of the last one in the part
	losses uint64  // of messages that the log has
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
	if s.packer, err = newPacker(dictionary, recordWindow); err != nil {
		return nil, errors.Join(err, s.lock.Close())
	}
	if c.Messages {
		z, err := newPacker(messageDictionary, blockWindow)
		if err != nil {
			return nil, errors.Join(err, s.lock.Close())
		}
		s.inbox = newInbox(c.Buffer)
		s.blocks = blocks{compress: func(dst, src []byte) []byte { return z.EncodeAll(src, dst) }, places: map[uint32][]byte{}}
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
		if err == nil && sameDictionary(db) {
			err = db.QueryRow("SELECT (SELECT coalesce(max(number), 0) FROM records), (SELECT coalesce(max(number), 0) FROM blocks)").Scan(&s.written, &s.block)
		} else if err == nil {
			err = errOther
		}
		if err == nil {
			s.part, s.path = db, path
		} else {
			s.log.Info("a part of the store is not continued", "path", path, "err", errors.Join(err, finish(db)))
		}
	}
	if s.part != nil && !s.full() {
		return nil
	}
	return s.next()
}

var errOther = errors.New("another version of the program has begun it")

// sameDictionary reports whether a part was begun by this version of the program.
func sameDictionary(db *sql.DB) bool {
	var version int
	var records, messages []byte
	const ask = "SELECT body FROM dictionary WHERE content = ?"
	if db.QueryRow("PRAGMA user_version").Scan(&version) != nil || version != layoutVersion {
		return false
	}
	err := errors.Join(db.QueryRow(ask, forRecords).Scan(&records), db.QueryRow(ask, forMessages).Scan(&messages))
	return err == nil && string(records) == string(dictionary) && string(messages) == string(messageDictionary)
}

// full reports whether the part takes no more: because of the number of its records, of the day, or of its size. All parts together are many enough that
// the removal of one of them leaves most of what may be kept.
func (s *Store) full() bool {
	return s.written >= maxPart || s.now().UTC().Truncate(24*time.Hour) != s.begun.Truncate(24*time.Hour) ||
		s.config.KeepTotal > 0 && size(s.path) >= s.config.KeepTotal/partsOfTotal
}

// next finishes the part and begins another one.
func (s *Store) next() error {
	if s.part != nil {
		if err := errors.Join(s.tidy(), finish(s.part)); err != nil {
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
	s.part, s.path, s.begun, s.written, s.block = db, path, at, 0, 0
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

// Message copies a message, which is in the store after the next Flush at the latest. It does not wait: where there is no room for the copy, the
// message is lost and counted. In the copy is overwritten what proves that somebody has a password, keys of media, digits that were pressed and, unless
// Describe had that it is kept, what was written in a MESSAGE. It does nothing where the Config keeps no messages.
func (s *Store) Message(m *wire.Meta, raw, correlation []byte) {
	if s.inbox != nil {
		s.inbox.put(m, raw, correlation)
	}
}

// Describe sets who knows where messages were captured, and whether what was written in a MESSAGE is kept. It is called before the first message.
func (s *Store) Describe(place func(origin uint32) *record.Capture, text bool) {
	s.blocks.place, s.blocks.text = place, text
}

// KeepsMessages reports whether the Config has that messages are kept.
func (s *Store) KeepsMessages() bool { return s.inbox != nil }

// MessageStats returns the account of the messages.
func (s *Store) MessageStats() exporters.Stats {
	if s.inbox == nil {
		return exporters.Stats{Name: MessagesName}
	}
	return s.inbox.stats()
}

// Flush implements exporters.Exporter.
func (s *Store) Flush() error {
	err := s.write()
	s.reportLosses()
	if err != nil {
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
	if s.inbox != nil {
		s.gather()
		s.inbox.done(messagesIn(s.made), true)
		s.reportLosses()
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
	if len(s.waiting) == 0 && len(s.made) == 0 && (s.inbox == nil || s.inbox.empty()) {
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
	if len(s.made) == 0 {
		s.gather()
	}
	if err := s.insert(); err != nil {
		return fmt.Errorf("writing to %s: %w", s.path, err)
	}
	s.written += len(s.waiting)
	s.forget()
	if len(s.made) > 0 {
		s.block += int64(len(s.made))
		s.inbox.done(messagesIn(s.made), false)
		clear(s.made)
		s.made = s.made[:0]
	}
	return nil
}

// gather makes blocks of the messages that came so far.
func (s *Store) gather() {
	if s.inbox == nil {
		return
	}
	piles := s.inbox.fetch()
	s.made = append(s.made, s.blocks.of(piles)...)
	s.inbox.giveBack(piles)
}

func messagesIn(all []block) (n int) {
	for i := range all {
		n += all[i].messages
	}
	return n
}

// reportLosses logs that messages were lost since the last time.
func (s *Store) reportLosses() {
	if s.inbox == nil {
		return
	}
	if lost := s.inbox.stats().Errors; lost > s.losses {
		s.log.Warn("messages are missing in the store: they came faster than they could be written", "messages", lost-s.losses, "room", s.config.Buffer)
		s.losses = lost
	}
}

// vanished reports whether somebody has removed the file of the part. What would be written to it would be seen by nobody.
func (s *Store) vanished() bool {
	_, err := os.Stat(s.path)
	return errors.Is(err, os.ErrNotExist)
}
