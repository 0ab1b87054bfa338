package record

// Attempt is one INVITE or REGISTER as its user agent sent it. Times are Unix nanoseconds.
type Attempt struct {
	Start    int64 // it was sent
	Progress int64 // the first provisional response other than 100, 0 for none
	Final    int64 // its final response, 0 for none
	Status   int   // of the final response, 0 for none
}

// Tries are the requests that a user agent sent one after the other under one Call-ID until it was content or gave up:
// because it was challenged or redirected, and whatever else made it try again. They are for those who count, and not
// written.
type Tries struct {
	// Began is when it first tried under another Call-ID and was challenged there, 0 if it did not.
	Began   int64
	Earlier []Attempt
	Last    Attempt // the one that the record tells of
}

// PeerLeg is what an INVITE came to on a hop from or to a peer. It is for those who count, and not written.
type PeerLeg struct {
	Peer       string
	Inbound    bool // it came from the peer; else it went there
	Status     int  // final status, 0 for none
	Unanswered bool // nobody gave it a final response, nor did its sender take it back
}
