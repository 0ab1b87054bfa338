package transaction

import (
	"net/netip"

	"sipspan/record"
	"sipspan/session/store"
)

const MaxContacts = 32

// Contact is one Contact of a REGISTER or of the 2xx to it.
type Contact struct {
	URI      store.Piece
	Expires  int    // seconds, -1 when not said
	Instance uint64 // a hash of +sip.instance, 0 for none (RFC 5626)
	Flow     uint64 // of reg-id, likewise
}

// Content is what the record of a request holds, and its result. Most requests are answered at once and then stay for
// a while to recognise what is repeated, for which they need none of it.
type Content struct {
	Text      store.Text
	Star      bool // Contact: *
	Expires   int  // seconds, -1 when not said
	Size      int  // of the body
	Contacts  []Contact
	Listed    []Contact        // of the 2xx to a REGISTER
	General   int              // its Expires, -1 when not said
	SeenAs    netip.AddrPort   // where the server saw the REGISTER come from
	Tries     []record.Attempt // REGISTER requests that it follows
	Explained *record.Cause    // why it failed, once that was asked

	Name                       store.Piece // of a method outside the closed set
	URI, Agent                 store.Piece
	FromURI, FromName, FromTag store.Piece
	ToURI, ToName, ToTag       store.Piece
	Reason                     store.Piece
	Event, ContentType, Body   store.Piece
	Published                  *Publishing // of a PUBLISH
}

// Publishing is what a PUBLISH asks for beside what every request holds (RFC 3903 section 4).
type Publishing struct {
	Match    store.Piece // entity tag
	Presence *record.Presence
}

// startContent is how many bytes the text of a request has room for from the start.
const startContent = 384
