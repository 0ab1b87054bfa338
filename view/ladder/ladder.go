package ladder

// Ladder is one conversation, ready to be drawn. Its members have the names of the JSON form.
type Ladder struct {
	Source  string   `json:"source"` // SourceMessages or SourceHops
	Title   string   `json:"title"`
	Start   string   `json:"start,omitempty"` // RFC 3339, UTC, nanoseconds; absent when no times are known
	Columns []Column `json:"columns"`
	Legs    []Leg    `json:"legs"` // the chosen one first
	Steps   []Step   `json:"steps"`
	Copies  int      `json:"copies,omitempty"` // messages that were captured twice, and are drawn once
	Omitted int      `json:"omitted,omitempty"`
	Remarks []string `json:"remarks,omitempty"` // what the drawing lacks
	Media   []Media  `json:"media,omitempty"`
	Cause   *Cause   `json:"cause,omitempty"`
}

// What a ladder is made of.
const (
	SourceMessages = "messages" // the messages of a capture
	SourceHops     = "hops"     // the hops of a record, whose messages are not there
)

// Column is one element that sends and receives.
type Column struct {
	Name  string   `json:"name,omitempty"` // that it gives itself: the host of its Via, or its User-Agent or Server
	Agent string   `json:"agent,omitempty"`
	Role  string   `json:"role,omitempty"` // "caller", "callee", or what the record calls this end
	Addrs []string `json:"addrs"`          // address:port, the first used one first; empty when no address is known
}

// Leg is one Call-ID of the conversation.
type Leg struct {
	CallID   string `json:"call_id"`
	Mark     string `json:"mark"`               // "A", "B", …
	Relation string `json:"relation,omitempty"` // to the first one
	Reason   string `json:"reason,omitempty"`
}

// Kind is what a step is.
type Kind string

// The kinds of steps.
const (
	Request     Kind = "request"
	Provisional Kind = "provisional" // 1xx
	Success     Kind = "success"     // 2xx
	Redirection Kind = "redirection" // 3xx
	Challenge   Kind = "challenge"   // 401, 407
	Failure     Kind = "failure"     // 4xx, 5xx, 6xx
	Event       Kind = "event"       // no message, but something that was observed at that time
)

// Step is one arrow, or an event between arrows.
type Step struct {
	Number    int     `json:"number,omitempty"` // of the arrow, from 1; 0 for an event
	Time      string  `json:"time,omitempty"`   // RFC 3339, UTC, nanoseconds
	AtMs      float64 `json:"at_ms"`            // since the first step
	DelayMs   float64 `json:"delay_ms"`         // since the step before
	From      int     `json:"from"`             // number of the column, from 0; -1 for an event
	To        int     `json:"to"`
	Leg       int     `json:"leg"` // number of the leg, from 0
	Kind      Kind    `json:"kind"`
	Label     string  `json:"label"`           // "INVITE", "180 Ringing"
	About     string  `json:"about,omitempty"` // of a response the method, and the CSeq number where it is needed
	Transport string  `json:"transport,omitempty"`
	Times     int     `json:"times"`              // how often it was sent; 1 without retransmission
	ForMs     float64 `json:"for_ms,omitempty"`   // from the first to the last time
	Explains  bool    `json:"explains,omitempty"` // it shows why the request failed
	Cut       bool    `json:"cut,omitempty"`
	Notes     []Note  `json:"notes,omitempty"`
	Frames    []int   `json:"frames,omitempty"`
	Raw       string  `json:"message,omitempty"` // the message, secrets overwritten, several lines; empty unless asked for
}

// Note is what a step means.
type Note struct {
	Kind NoteKind `json:"kind"`
	Text string   `json:"text"`
}

// NoteKind is what a note is about.
type NoteKind string

// The kinds of notes.
const (
	NoteOffer    NoteKind = "offer"
	NoteAnswer   NoteKind = "answer"
	NoteMedia    NoteKind = "media"  // a session description of which it is not known whether it offers or answers
	NoteHold     NoteKind = "hold"   // the sender puts the other side on hold, or takes it back
	NoteChange   NoteKind = "change" // the sender changes the media
	NoteBranch   NoteKind = "branch" // which of several devices answered
	NoteHeader   NoteKind = "header" // a header field that says what the message is for
	NoteCause    NoteKind = "cause"
	NoteEvidence NoteKind = "evidence"
	NoteService  NoteKind = "service"
)

// Media is what was offered and answered in one exchange of session descriptions.
type Media struct {
	Leg    int         `json:"leg"`
	Offer  []MediaLine `json:"offer,omitempty"`
	Answer []MediaLine `json:"answer,omitempty"`
	Asked  int         `json:"offer_step,omitempty"` // Number of the step with the offer, 0 when it was not captured
	Given  int         `json:"answer_step,omitempty"`
	// Last is the last offer or answer, of which a record does not hold which of the two it is. Offer and Answer are empty then.
	Last []MediaLine `json:"last,omitempty"`
}

// MediaLine is one media line of a session description.
type MediaLine struct {
	Type      string   `json:"type"`
	Codecs    []string `json:"codecs,omitempty"`
	Addr      string   `json:"addr,omitempty"`
	Direction string   `json:"direction,omitempty"`
	Refused   bool     `json:"refused,omitempty"`
}

// Cause is why it failed, as the record has it.
type Cause struct {
	Source      string     `json:"source"`
	Code        string     `json:"code,omitempty"`
	Text        string     `json:"text,omitempty"`
	Origin      string     `json:"origin,omitempty"`
	Explanation string     `json:"explanation"`
	Evidence    []Evidence `json:"evidence,omitempty"`
	Step        int        `json:"step,omitempty"` // Number of the step that shows it, 0 when none does
}

// Evidence is one observation that the cause rests on.
type Evidence struct {
	Time string `json:"time,omitempty"`
	What string `json:"what"`
	Step int    `json:"step,omitempty"` // Number of the step with it, 0 when there is none
}
