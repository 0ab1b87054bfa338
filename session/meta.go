package session

import "sipspan/record"

// Sink takes what a tracker finishes. Calls come in the order of their times within one tracker.
type Sink interface {
	// Emit takes a record that was finished at the given packet time. The record belongs to the sink.
	Emit(at int64, r record.Record)
	// Announce takes word of what a call under another Call-ID may have to do with.
	Announce(at int64, a Announcement)
	// Signal takes what has just happened, if the tracker is watched. It is borrowed until the call returns.
	Signal(s *record.Signal)
}

// Sighting is what an Announcement is about.
type Sighting uint8

// The sightings.
const (
	ChallengeSeen   Sighting = iota // a 401 or 407 to the INVITE of a call
	CredentialsSeen                 // an INVITE outside a dialog that answers a challenge
	LegSeen                         // a call, with what ties it to others
	KeySeen                         // something that ties it to others, later
	HoldSeen                        // a side of a call puts the other on hold
	ResumeSeen                      // … and takes it off
	OfferMissed                     // an offer inside the dialog of a call, of which only the answer was seen
	MoveSeen                        // a side of a call wants its media at another address
	FocusSeen                       // a side of a call is, or becomes, the focus of a conference
	MusicSeen                       // a side of a call that was called is a server that has no user
	ReferSeen                       // a request that somebody call somebody: REFER, or BYE with Also
	ReferJudged                     // a REFER that was accepted, refused, or not answered
	ReferTold                       // what came of a REFER, as a NOTIFY tells
	OutcomeSeen                     // the final status of a call that another one has to do with
	EndSeen                         // the BYE of a call in which there was a REFER
	WatchSeen                       // a subscription to somebody's calls
	RefusalSeen                     // a request that a server in trouble refused
	PresenceSeen                    // what a watcher is told of somebody's presence
)

// Announcement says something of a Call-ID that others may have to do with. Of a challenge, and of the credentials that
// answer it, it has the nonce and who was challenged.
type Announcement struct {
	Sighting Sighting
	CallID   string
	Nonce    string
	From, To string // URIs of those header fields
	Time     int64  // Unix nanoseconds
	began    int64  // ChallengeSeen: when the caller first tried

	leg    *leg    // the call of the Call-ID, nil if there is none
	key    *legKey // KeySeen
	notice *notice // of the others, what the request says

	refusal  *refusal     // RefusalSeen
	observed *observation // PresenceSeen
}
