package state

import (
	"errors"
	"os"
	"sync"
	"time"

	"sipspan/session/store"
)

// maxBuffered bounds the entries that wait to be written, in bytes. Beyond that, sessions whose end was seen are left out: the
// file knows them as going on.
const maxBuffered = 8 << 20

// journal is the one that is written. Its methods may be called from any goroutine; those that only add never wait for the disk.
type journal struct {
	now  func() time.Time
	wake chan struct{} // capacity 1: something was added

	mu     sync.Mutex // of what waits
	buffer []byte

	disk       sync.Mutex // of the file
	file       *os.File   // nil: there is none
	generation uint64
	spare      []byte
	size       int
	unsynced   bool
	err        error // the first since the file was begun
}

func newJournal(now func() time.Time) *journal {
	return &journal{now: now, wake: make(chan struct{}, 1)}
}

// ended adds a session whose end was seen, or of which there will be no record when packed is nil.
func (j *journal) ended(number uint64, packed []byte) {
	if packed == nil {
		j.written(number)
		return
	}
	j.add(&store.Entry{Kind: store.SessionEnded, Number: number, Packed: packed})
}

// written adds that the record of a session is in the hands of the exporters.
func (j *journal) written(number uint64) {
	j.add(&store.Entry{Kind: store.SessionWritten, Number: number})
}

func (j *journal) add(e *store.Entry) {
	e.At = j.now().UnixNano()
	j.mu.Lock()
	if len(j.buffer) < maxBuffered || e.Kind == store.SessionWritten {
		j.buffer = store.AppendEntry(j.buffer, e)
	}
	j.mu.Unlock()
	select {
	case j.wake <- struct{}{}:
	default:
	}
}

// flush writes what waits. It returns the first error since the journal was begun.
func (j *journal) flush() error {
	j.disk.Lock()
	defer j.disk.Unlock()
	return j.flushLocked()
}

func (j *journal) flushLocked() error {
	j.mu.Lock()
	waiting := j.buffer
	j.buffer = j.spare[:0]
	j.mu.Unlock()
	j.spare = waiting
	if len(waiting) == 0 || j.file == nil {
		return j.err
	}
	n, err := j.file.Write(waiting)
	j.size += n
	j.unsynced = true
	if j.err == nil {
		j.err = err
	}
	return j.err
}

// sync makes sure that what was written is on the disk.
func (j *journal) sync() error {
	j.disk.Lock()
	defer j.disk.Unlock()
	if j.file == nil || !j.unsynced {
		return j.err
	}
	j.unsynced = false
	if err := j.file.Sync(); err != nil && j.err == nil {
		j.err = err
	}
	return j.err
}

// begin begins the next journal and ends the one before.
func (j *journal) begin(path string, generation uint64) error {
	head := store.AppendJournalHead(nil, generation)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	if _, err := f.Write(head); err != nil {
		return errors.Join(err, f.Close())
	}
	j.disk.Lock()
	defer j.disk.Unlock()
	if j.file != nil {
		_ = j.flushLocked()
		_ = j.file.Close()
	}
	j.file, j.generation, j.size, j.unsynced, j.err = f, generation, len(head), true, nil
	return nil
}

// length returns how long the journal is.
func (j *journal) length() int {
	j.disk.Lock()
	defer j.disk.Unlock()
	return j.size
}

// close writes what waits and ends the journal.
func (j *journal) close() error {
	err := j.flush()
	j.disk.Lock()
	defer j.disk.Unlock()
	if j.file != nil {
		err = errors.Join(err, j.file.Close())
		j.file = nil
	}
	return err
}
