package link

import "net/netip"

// Call is a call as soon as a response shows that its INVITE has come through, with what ties it to others.
type Call struct {
	Start         int64
	From, To      Identity
	Src, Dst      netip.AddrPort // its two ends
	Origin, Media uint64         // of the first session description: hashes of its o= line, and of where the first media are wanted
	Offered       uint64         // where the called side wants its first media, if it was the one to offer
	Focus         uint64         // hash of the Contact when that is a conference focus (RFC 4579 section 5.2)
	Begun         bool           // its INVITE was seen
	Keys          []Key
}

// Outcome is the final status of a call that names another one, or that somebody asked for.
type Outcome struct{ Status int }

// End is the BYE of a call in which there was a REFER.
type End struct{}

// Challenge is a 401 or 407 to the INVITE of a call.
type Challenge struct {
	Nonce    string
	From, To string // URIs of those header fields
	Began    int64  // when the caller first tried
}

// Credentials are those of an INVITE outside a dialog that answers a challenge.
type Credentials struct {
	Nonce    string
	From, To string // URIs of those header fields
}

// Side is one end of a dialog.
type Side uint8

// The sides of a call.
const (
	CallerSide Side = iota
	CalleeSide
	NumSides = int(iota)
)

var sideNames = [NumSides]string{"caller", "callee"}

// String returns the side as evidence names it.
func (s Side) String() string { return sideNames[s] }

// Other returns the other end.
func (s Side) Other() Side { return 1 - s }
