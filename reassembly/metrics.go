package reassembly

// DefragStats counts what became of fragments. The counters only grow, but for
// the last two. Added = Joined + Copies + Expired + Evicted + Overlapping + Invalid +
// Discarded + those waiting.
type DefragStats struct {
	Added     uint64 // fragments
	Joined    uint64 // fragments of completed datagrams
	Copies    uint64 // fragments that had been there before
	Completed uint64 // datagrams

	// Fragments that came to nothing:
	Expired     uint64 // the rest did not come in time
	Evicted     uint64 // given up for others: too many datagrams or bytes
	Overlapping uint64 // pieces that overlap and differ, with their datagram
	Invalid     uint64 // impossible offset or length
	Discarded   uint64 // still waiting at Close

	Datagrams int // waiting now
	Bytes     int // memory of what came of them: buffers, those kept for use again included, and long lists of pieces
}

// StreamsStats counts what became of segments and connections. The counters
// only grow, but for the last two.
type StreamsStats struct {
	Connections uint64 // opened in the table
	MidStream   uint64 // of those, joined without their SYN
	Expired     uint64 // idle for too long
	Evicted     uint64 // given up for others: the table was full
	Replaced    uint64 // followed by a new one on the same addresses and ports
	Resets      uint64 // ended by RST
	StrayResets uint64 // RST outside of the window, without effect
	RefusedSYN  uint64 // opening SYN answered by RST
	Unanswered  uint64 // opening SYN never answered

	Fates [fates]uint64 // segments by Fate

	Gaps      uint64 // places where bytes were lost
	LostBytes uint64 // bytes lost there, left-over bytes of a final offer included
	Overruns  uint64 // of the gaps, those a limit on held bytes made

	Active    int // connections in the table now
	HeldBytes int // memory of held bytes now
}
