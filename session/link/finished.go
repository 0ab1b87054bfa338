package link

import (
	"net/netip"

	"sipspan/record"
)

// FinishedCall is the record of a call.
type FinishedCall struct {
	*record.Call
	Session ID   // as it was announced, 0 when it was not
	Cut     bool // the capture ended before the caller could have tried again with credentials
}

// FinishedRegistration is the record of a REGISTER with what its 2xx says of the bindings of the address-of-record.
type FinishedRegistration struct {
	*record.Registration
	Src, Server    netip.AddrPort
	Instance, Flow uint64 // of the contact that the REGISTER binds: see Binding
	Asked          string // the contact as the device wrote it
	Own            int    // which of the listed ones is that of the device, -1 for none
	Wanted         int    // how many contacts the REGISTER asks to bind
	Listed         []Binding
	Removed        []string // contacts that the REGISTER takes back
	Star           bool     // all of them
	Lost           bool     // the answer, if there was one, was not captured
}

// Binding is a binding as the 2xx lists it (RFC 3261 section 10.3 step 8).
type Binding struct {
	URI            string
	Seconds        int    // -1 when not said
	Instance, Flow uint64 // hashes of +sip.instance and reg-id (RFC 5626), 0 for none
}
