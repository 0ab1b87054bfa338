package link

import "net/netip"

// Refer is a request that somebody call somebody: a REFER (RFC 3515), or a BYE with Also.
type Refer struct {
	By, To     Identity // who sent it to whom
	Target     Identity // whom the other shall call
	ReferredBy Identity
	Src, Dst   netip.AddrPort
	CSeq       uint32
	Sender     uint64 // hash of the sender's tag
	Dialog     string // Call-ID of a dialog that it names
	Replaces   bool   // … as the one to replace
	Inside     bool   // it is part of a dialog
	Also       bool   // it is a BYE with Also
	ToFocus    bool   // the Refer-To is a conference
	Side       Side   // of the call that sent it
	Ordinary   bool   // who is asked is no focus
	What       string // the request, as evidence
}

// ReferJudged is a Refer that was accepted, refused or not answered.
type ReferJudged struct {
	CSeq     uint32
	Sender   uint64
	Also     bool
	Status   int  // 0 when there was no answer
	Ordinary bool // who is asked is no focus
}

// ReferNotified is what a NOTIFY reports of the call that a Refer asked for (RFC 3515 section 2.4.5).
type ReferNotified struct {
	CSeq   uint32 // of the REFER; unknown where Sender is 0
	Sender uint64
	Status int
}

// Watch is a subscription to the calls of somebody.
type Watch struct {
	By, To Identity
	What   string // the request, as evidence
}
