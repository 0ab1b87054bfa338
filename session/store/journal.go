package store

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"

	"github.com/cespare/xxhash/v2"
)

// A journal holds what became of sessions after a file of packed sessions was begun. It begins with journalMagic and the
// generation of that file. Each entry has its kind, the length of what it holds, the time it was made, the number of the
// session, what it holds, and a checksum of all that.
const (
	journalMagic = "sipspan journal 1\n"
	entryHead    = 1 + 4 + 8 + 8
)

// EntryKind says what an entry of a journal is about.
type EntryKind byte

const (
	// SessionEnded holds a session whose end was seen, in packed form: it is more than the file has of it.
	SessionEnded EntryKind = iota + 1
	// SessionWritten says that the record of a session is in the hands of the exporters.
	SessionWritten
)

// Entry is one of a journal.
type Entry struct {
	Kind   EntryKind
	At     int64 // Unix nanoseconds
	Number uint64
	Packed []byte // of SessionEnded
}

// AppendJournalHead appends what a journal begins with.
func AppendJournalHead(dst []byte, generation uint64) []byte {
	return binary.LittleEndian.AppendUint64(append(dst, journalMagic...), generation)
}

// AppendEntry appends an entry.
func AppendEntry(dst []byte, e *Entry) []byte {
	n := len(dst)
	dst = append(dst, byte(e.Kind))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(e.Packed)))
	dst = binary.LittleEndian.AppendUint64(dst, uint64(e.At))
	dst = binary.LittleEndian.AppendUint64(dst, e.Number)
	dst = append(dst, e.Packed...)
	return binary.LittleEndian.AppendUint32(dst, uint32(xxhash.Sum64(dst[n:])))
}

// ReadJournal reads a journal. A kill or a loss of power may leave half an entry at the end, which is left out. The error is
// ErrDamaged when what is there is not whole; the entries before that are still of use.
func ReadJournal(path string) (generation uint64, entries []Entry, err error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return 0, nil, err
	}
	damaged := fmt.Errorf("%s: %w", path, ErrDamaged)
	if len(b) < len(journalMagic)+8 || string(b[:len(journalMagic)]) != journalMagic {
		return 0, nil, damaged
	}
	generation = binary.LittleEndian.Uint64(b[len(journalMagic):])
	for rest := b[len(journalMagic)+8:]; len(rest) > 0; {
		if len(rest) < entryHead+4 {
			return generation, entries, nil
		}
		n := int(binary.LittleEndian.Uint32(rest[1:]))
		switch {
		case n > maxFilePacked:
			return generation, entries, damaged
		case n > len(rest)-entryHead-4:
			return generation, entries, nil
		}
		whole, sum := rest[:entryHead+n], uint64(binary.LittleEndian.Uint32(rest[entryHead+n:]))
		if xxhash.Sum64(whole)&math.MaxUint32 != sum {
			return generation, entries, damaged
		}
		entries = append(entries, Entry{
			Kind: EntryKind(whole[0]), At: int64(binary.LittleEndian.Uint64(whole[5:])), Number: binary.LittleEndian.Uint64(whole[13:]),
			Packed: whole[entryHead:len(whole):len(whole)],
		})
		rest = rest[entryHead+n+4:]
	}
	return generation, entries, nil
}
