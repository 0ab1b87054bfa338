package wire

import (
	"hash/maphash"

	"github.com/cespare/xxhash/v2"
)

// Shards is the number of independent session tables. It is fixed, and a worker owns several of them, so that limits
// and evictions do not depend on the number of workers.
const Shards = 32

// MaxText bounds every string that is kept of a message, in bytes. A header field that is longer is cut.
const MaxText = 1024

// HashCallID returns the hash of a Call-ID that chooses its shard, of which no more than MaxText bytes count. It is the same in every run.
func HashCallID(callID []byte) uint64 { return xxhash.Sum64(callID[:min(len(callID), MaxText)]) }

var tableSeed = maphash.MakeSeed()

// TableHash returns the hash under which tables hold a Call-ID, of which no more than MaxText bytes count. It is another one
// in every run, so that nobody can choose Call-IDs that share a place; no record and no order may depend on it.
func TableHash(callID []byte) uint64 {
	return maphash.Bytes(tableSeed, callID[:min(len(callID), MaxText)])
}

// ShardOf returns the shard that tracks the Call-ID with the given hash.
func ShardOf(hash uint64) uint8 { return uint8(hash % Shards) }
