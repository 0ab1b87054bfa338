package session

import (
	"net/netip"

	"sipspan/record"
	"sipspan/session/store"
)

const maxContacts = 32

// contact is one Contact of a REGISTER or of the 2xx to it.
type contact struct {
	uri      store.Piece
	expires  int    // seconds, -1 when not said
	instance uint64 // a hash of +sip.instance, 0 for none (RFC 5626)
	flow     uint64 // of reg-id, likewise
}

// content is what the record of a request says, and what comes of it. Most requests are answered at once and then stay for
// a while to recognise what is repeated, for which they need none of it.
type content struct {
	text      store.Text
	star      bool // Contact: *
	expires   int  // seconds, -1 when not said
	size      int  // of the body
	contacts  []contact
	listed    []contact        // of the 2xx to a REGISTER
	general   int              // its Expires, -1 when not said
	seenAs    netip.AddrPort   // where the server saw the REGISTER come from
	tries     []record.Attempt // REGISTER requests that it follows
	explained *record.Cause    // why it failed, once that was asked

	name                       store.Piece // of a method outside the closed set
	uri, agent                 store.Piece
	fromURI, fromName, fromTag store.Piece
	toURI, toName, toTag       store.Piece
	reason                     store.Piece
	event, contentType, body   store.Piece
	published                  *publishing // of a PUBLISH
}

// publishing is what a PUBLISH asks for beside what every request says (RFC 3903 section 4).
type publishing struct {
	match    store.Piece // entity tag
	presence *record.Presence
}

// startContent is how many bytes the text of a request has room for from the start.
const startContent = 384
