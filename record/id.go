package record

import (
	"encoding/binary"

	"github.com/cespare/xxhash/v2"
)

// ID returns the ID of a record: a hash of what identifies it, so that the same capture gives the same ID. Method and
// CSeq number distinguish records of one Call-ID that begin at the same time, in Unix nanoseconds.
func ID(kind Kind, callID string, start int64, method string, cseq uint32) string {
	return IDText(IDHash(kind, callID, start, method, cseq))
}

// IDHash returns the hash of which an ID is the text. Hashes and IDs have the same order.
func IDHash(kind Kind, callID string, start int64, method string, cseq uint32) uint64 {
	var buf [128]byte
	b := append(buf[:0], byte(kind))
	b = append(b, callID...)
	b = append(b, 0)
	b = binary.BigEndian.AppendUint64(b, uint64(start))
	b = append(b, method...)
	b = binary.BigEndian.AppendUint32(b, cseq)
	return xxhash.Sum64(b)
}

// IDText returns the ID with a hash.
func IDText(sum uint64) string {
	const digits = "0123456789abcdef"
	var id [16]byte
	for i := range id {
		id[i] = digits[sum>>(60-4*i)&15]
	}
	return string(id[:])
}

// StatsID returns the ID of the record that closes the account of a capture.
func StatsID(sensor string, start int64, packets uint64) string {
	return ID(KindStats, sensor, start, "", uint32(packets))
}
