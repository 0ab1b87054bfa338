package link

import "net/netip"

// Hold is a side of a call that puts the other on hold.
type Hold struct {
	By           Identity
	Src          netip.AddrPort
	Media, Other uint64 // hashes of where the side that holds wants its media, and the other side
}

// Resume is a side of a call that takes the other off hold.
type Resume struct {
	By  Identity
	Src netip.AddrPort
}

// OfferMissed is an offer inside the dialog of a call, of which only the answer was seen.
type OfferMissed struct{}

// Move is a side of a call that wants its first media at another address.
type Move struct {
	Src   netip.AddrPort // of who sent it
	Media uint64         // hash of the new address
}

// Focus is a side of a call that is, or becomes, the focus of a conference.
type Focus struct {
	Src      netip.AddrPort
	Side     Side
	Contact  uint64 // hash of the Contact
	Ordinary bool   // the side was none before
}

// Music is the called side of a call that is a server without a user (RFC 7088 section 2.2).
type Music struct{}
