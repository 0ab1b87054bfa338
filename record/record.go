package record

import "time"

// Version is the version of the record layout, written into every record.
const Version = 1

// Kind is the type of a record, the value of its "record" member.
type Kind uint8

// The kinds of record, in the order in which a report names them.
const (
	KindCall Kind = iota
	KindRegistration
	KindSubscription
	KindPublication
	KindMessage
	KindTransaction
	KindFailure
	KindAlert
	KindStats
	KindTLS  // IDs hold the number of a kind: a new one comes last
	NumKinds = int(iota)
)

var kindNames = [NumKinds]string{
	"call", "registration", "subscription", "publication", "message", "transaction", "failure", "alert", "stats", "tls",
}

// String returns the name used in the output, such as "call".
func (k Kind) String() string { return kindNames[k] }

// Record is one finished observation. The value and everything it refers to belong to the receiver: no field borrows
// from a packet.
type Record interface {
	Kind() Kind
	Head() *Header
	// AppendJSON appends the record as one JSON object without a line break and returns the extended slice.
	AppendJSON(dst []byte) []byte
}

// Header holds the members that every record has.
type Header struct {
	ID         string // stable: the same capture gives the same ID
	Sensor     string // name of the sensor from the configuration, may be empty
	Start, End int64  // Unix nanoseconds of packet time; 0 is unknown
	CallID     string
	Peers      Peers
	Place      uint32   // number of where the packets came from, in the run that made the record; it is not written, Capture is
	Capture    *Capture // nil for one plain interface; shared by many records
	Confidence Confidence
	Session    uint64 // number of the session among those that survive a restart, 0 for none; not written

	Correlation string // see Capture.CorrelationID, where it is written
}

// Peers are the configured groups of addresses that the two ends of a session belong to, "" for none.
type Peers struct {
	From, To string // where the request came from, as far as hops show, and where it was sent
}

// Capture is where the first packet of a session that did not come from the only interface in the clear was captured, or who handed
// it on.
type Capture struct {
	Interface string // one of several
	Tunnel    string // kinds of tunnel from the outside in, joined by slashes
	OuterSrc  string // ends of the outermost tunnel over IP
	OuterDst  string
	VNI       int    // identification of the outermost tunnel that has one; 0 is unknown
	Node      string // name or number of the capture agent that handed the messages on over HEP

	// CorrelationID is what that agent names as common to the conversation, where that is not the Call-ID.
	CorrelationID string
}

// Locate sets where a session was captured, which is shared by many records; correlation is its Capture.CorrelationID.
func (h *Header) Locate(c *Capture, correlation string) {
	if h.Capture = c; correlation == "" {
		return
	}
	own := Capture{CorrelationID: correlation}
	if c != nil {
		own = *c
		own.CorrelationID = correlation
	}
	h.Capture = &own
}

// Head returns the header itself, so that a record that embeds a Header implements that part of Record.
func (h *Header) Head() *Header { return h }

// Flags name what the capture lacks of a session.
type Flags uint16

// The confidence flags of the contract.
const (
	MidStream Flags = 1 << iota
	OneWay
	Truncated
	TCPGap
	CaptureDrops
	TableFull
	ClockStep
	Restart
	NoTimes     // messages came from a text without their times: only their order is known
	NoAddresses // messages came from a text that does not name both of their ends by address
	NoDates     // times came from a text that does not name the day or the year: only durations are known
	LocalTimes  // times came from a text that does not name their zone
	nextFlag

	// AllFlags is every flag that there is.
	AllFlags = nextFlag - 1
)

// Confidence is how far a record can be relied on.
type Confidence struct {
	Flags Flags
	Gap   Elapsed // how long what was sent is not in the record, because the program was not running; unknown without Restart
}

// OfText are the flags of what a text does not say of messages that are all there.
const OfText = NoTimes | NoAddresses | NoDates | LocalTimes

// Complete reports whether the capture holds every message that the record depends on.
func (c Confidence) Complete() bool { return c.Flags&^OfText == 0 }

// Elapsed is a duration that can be unknown. The zero value is unknown and is left out of the output.
type Elapsed struct {
	D     time.Duration
	Known bool
	From  int64 // its beginning in Unix nanoseconds, 0 unknown; not written, see Restamp
}

// Between returns the time from start to end, both Unix nanoseconds; it is unknown when either is 0 or end is before start.
func Between(start, end int64) Elapsed {
	if start == 0 || end == 0 || end < start {
		return Elapsed{}
	}
	return Elapsed{D: time.Duration(end - start), Known: true, From: start}
}

// Milliseconds returns the duration in milliseconds.
func (e Elapsed) Milliseconds() float64 { return float64(e.D) / 1e6 }

// Seconds returns the duration in seconds.
func (e Elapsed) Seconds() float64 { return e.D.Seconds() }
