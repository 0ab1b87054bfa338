package shard

import (
	"sipspan/decode/presence"
	"sipspan/record"
	"sipspan/session/evidence"
)

// MaxFree bounds the sessions of a kind whose memory waits for the next ones. After a flood the rest is given back.
const MaxFree = 512

// workspace is the memory in which the parts of a shard work and which says nothing of their sessions. Shards of one
// goroutine share it, so that what one has just let go of, which is still in the caches, serves the next message of any of
// them.
type workspace struct {
	saying   record.Signal
	Scratch  evidence.Case
	Sketched []byte
	bodies   presence.Parser
	Tidied   []byte
}
