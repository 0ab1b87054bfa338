package session

import (
	"sipspan/decode/presence"
	"sipspan/record"
	"sipspan/session/evidence"
	"sipspan/session/media"
)

// maxFree bounds the sessions of a kind whose memory waits for the next ones. After a flood the rest is given back.
const maxFree = 4096

// workspace is the memory in which trackers work and which says nothing of their sessions: scratch, and what ended
// sessions leave for the next ones. Trackers of one goroutine share it, so that what one has just let go of, which is
// still in the caches, serves the next message of any of them.
type workspace struct {
	saying   record.Signal
	scratch  evidence.Case
	sketched []byte
	bodies   presence.Parser
	packer   packer
	packed   []byte // the session that is packed
	unpacked []byte // likewise, before it is compressed
	pieces   []piece
	tidied   []byte
	branches []*hop
	stages   []stage
	media    media.Reader
	lines    []mediaLine

	freeGroups        []*group
	freeCalls         []*call
	freeSubscriptions []*subscription
	freeRequests      []*request
	freeContents      []*content
}

// ShareWorkspace makes a tracker work in the memory of another, before the first message of either. One goroutine must own
// both.
func (t *Tracker) ShareWorkspace(with *Tracker) {
	t.workspace = with.workspace
	t.kept.Share(&with.kept)
}
