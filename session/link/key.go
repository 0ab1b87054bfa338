package link

// MaxKeys bounds the keys of one INVITE.
const MaxKeys = 12

// Key is a value in an INVITE that ties a call to others.
type Key struct {
	Kind  KeyKind
	Name  string // of the header field, where there are several
	Value string
}

// KeyKind is what the value of a Key is.
type KeyKind uint8

// The kinds of keys.
const (
	KeySessionID    KeyKind = iota // a UUID of RFC 7989
	KeyICID                        // icid-value of P-Charging-Vector (RFC 7315 section 4.6)
	KeyConversation                // Ms-Conversation-ID
	KeyCallID                      // a header field that carries the Call-ID of another leg
	KeyReplaces                    // RFC 3891
	KeyJoin                        // RFC 3911
	KeyReferredBy                  // RFC 3892
	KeyRequestedBy                 // the header field of that purpose before REFER
	KeyDiversion                   // RFC 5806
	KeyHistory                     // RFC 7044
	KeyCorrelation                 // what a capture agent names as common to a conversation (HEP chunk 0x0011)
	NumKeyKinds     = int(iota)
)

// Shared reports whether two calls belong together when they have the same value.
func (k KeyKind) Shared() bool { return k <= KeyCallID || k == KeyCorrelation }

// MayBeCallID reports whether the value may be the Call-ID of another leg.
func (k KeyKind) MayBeCallID() bool { return k == KeyCallID || k == KeyCorrelation }
