package record

// Attempt is one INVITE or REGISTER as its user agent sent it. Times are Unix nanoseconds.
type Attempt struct {
	Start    int64 // it was sent
	Progress int64 // the first provisional response other than 100, 0 for none
	Final    int64 // its final response, 0 for none
	Status   int   // of the final response, 0 for none
}

// Tries are the requests that a user agent sent one after the other under one Call-ID until it succeeded or gave up, because it
// was challenged, redirected, or tried again for another reason. They are for statistics, and not written.
type Tries struct {
	// Began is when it first tried under another Call-ID and was challenged there, 0 without such a try.
	Began   int64
	Earlier []Attempt
	Last    Attempt // the one that the record describes
}

// PeerLeg is the outcome of an INVITE on a hop from or to a peer. It is for statistics, and not written.
type PeerLeg struct {
	Peer       string
	Inbound    bool // received from the peer; else sent to it
	Status     int  // final status, 0 for none
	Unanswered bool // it got no final response, and its sender did not cancel it
}
