package pipeline

import (
	"time"

	"sipspan/session"
)

const (
	leftOutSets = 1 << 12
	leftOutWays = 4

	// restOfCall is how long the messages of a call are left out whose first one was: until its INVITE has been answered or has timed out (64*T1,
	// RFC 3261 section 17.1.1.2).
	restOfCall = int64(32 * time.Second)
	// restOfOther is the same for other requests, whose answers come at once, and which the same Call-ID may soon bring again.
	restOfOther = int64(4 * time.Second)
	// leftOutFor is how long what was left out is known: what comes of it in that time is flagged.
	leftOutFor = int64(10 * time.Minute)
)

// leftOut remembers Call-IDs of which messages were left out, so that the rest of such a session is not taken for one that was captured. Its size is
// fixed: the oldest of a set makes room. The zero value holds nothing and takes no memory until something is added.
type leftOut struct {
	sets   [][leftOutWays]leftOutID
	newest int64 // when the last one was added
	// unsure is up to when a Call-ID may have been forgotten too early.
	unsure int64
}

// leftOutID is a Call-ID by its wire.TableHash.
type leftOutID struct {
	hash uint64
	at   int64 // packet time; 0 for none
	rank session.Rank
}

// isRest reports whether a message at a time belongs to what was left out a moment ago.
func (o *leftOutID) isRest(at int64) bool {
	if o.rank == session.NewCall {
		return at-o.at < restOfCall
	}
	return at-o.at < restOfOther
}

// empty reports whether nothing is remembered at a packet time, and gives back the memory when all is too old.
func (l *leftOut) empty(at int64) bool {
	if l.sets != nil && at-l.newest > leftOutFor {
		*l = leftOut{}
	}
	return l.sets == nil
}

// find returns the Call-ID with a hash, nil if it is not remembered.
func (l *leftOut) find(hash uint64) *leftOutID {
	if l.sets == nil {
		return nil
	}
	set := &l.sets[hash%leftOutSets]
	for i := range set {
		if set[i].hash == hash && set[i].at != 0 {
			return &set[i]
		}
	}
	return nil
}

// add remembers a Call-ID that is not remembered yet.
func (l *leftOut) add(hash uint64, rank session.Rank, at int64) {
	if l.sets == nil {
		l.sets = make([][leftOutWays]leftOutID, leftOutSets)
	}
	set := &l.sets[hash%leftOutSets]
	oldest := &set[0]
	for i := range set {
		if set[i].at < oldest.at {
			oldest = &set[i]
		}
	}
	if oldest.at != 0 && at-oldest.at < restOfCall {
		l.unsure = at + restOfCall
	}
	*oldest = leftOutID{hash, at, rank}
	l.newest = max(l.newest, at)
}
