package ladder

import (
	"net/netip"

	"sipspan/record"
)

// Message is one SIP message as it was captured.
type Message struct {
	Time      int64 // Unix nanoseconds
	Src, Dst  netip.AddrPort
	Transport string // such as "UDP"
	CallID    string
	Raw       []byte // borrowed until Build returns
	Frames    []int  // numbers of the frames that carried it, from 1
	Copy      bool   // the capture holds these very packets before: not drawn
	Cut       bool   // its end was not captured
}

// Input is what a ladder is made of.
type Input struct {
	Record   record.Record   // of the session that was chosen
	Related  []record.Record // of the other legs, and failures of any leg
	Messages []Message       // of all legs, in the order of capture
	// ShowText shows what persons wrote in a MESSAGE.
	ShowText bool
}

const (
	// maxMessages is how many messages are drawn.
	maxMessages = 5000
	// maxColumns is how many elements are told apart.
	maxColumns = 200
)

// Limits of what is taken from the wire into one text, in characters.
const (
	maxLabel = 60
	maxName  = 100
	maxNote  = 160
	maxLong  = 600 // sentences of a record
)
