package record

// Outcome is how a registration, subscription or publication ended.
type Outcome uint8

// The outcomes. Not every one applies to every kind of record; see the contract in docs/records.md.
const (
	OutcomeUnknown Outcome = iota
	Registered
	Unregistered
	Fetched
	OutcomeFailed
	OutcomeTimeout
	Active
	Terminated
	OutcomeRejected
	Expired
	Published
	Removed
	OutcomeInProgress // the capture ended first
	Refreshed         // PUBLISH with an entity tag and without a body
	Modified          // PUBLISH with an entity tag and a body
	ConditionFailed   // PUBLISH with an entity tag that the server does not know (412)
	NumOutcomes       = int(iota)
)

var outcomeNames = [NumOutcomes]string{
	"unknown", "registered", "unregistered", "fetched", "failed", "timeout", "active", "terminated", "rejected",
	"expired", "published", "removed", "in_progress", "refreshed", "modified", "condition_failed",
}

// String returns the name used in the output, such as "registered".
func (o Outcome) String() string { return outcomeNames[o] }

// Registration is one REGISTER attempt, its authentication round included.
type Registration struct {
	Header
	AOR        string
	Contacts   []string // bindings in the 2xx, else in the request
	Expires    int      // seconds granted, -1 unknown
	Outcome    Outcome
	Status     int
	Reason     string
	RRD        Elapsed // RFC 6076 section 4.1
	Challenged bool
	UserAgent  string
	Src, Dst   string // address:port
	Cause      *Cause
	Tries      Tries // for statistics; not written
}

// Kind implements Record.
func (*Registration) Kind() Kind { return KindRegistration }

// Subscription is one subscription (RFC 6665) from its first SUBSCRIBE or NOTIFY to its end.
type Subscription struct {
	Header
	Event            string
	Resource         string // Request-URI of the SUBSCRIBE or From of the NOTIFY
	Subscriber       string
	Outcome          Outcome
	State            string // last Subscription-State
	StateChanges     int    // how often it changed
	Status           int    // final status of the first SUBSCRIBE
	Reason           string
	Expires          int // seconds granted, -1 unknown
	Refreshes        int
	Notifies         int  // NOTIFY and BENOTIFY requests, each counted once
	NotifyFailures   int  // NOTIFY requests that were refused or not answered
	Piggybacked      bool // the first state came in the response to the SUBSCRIBE
	FirstNotify      Elapsed
	TerminatedReason string
	Challenged       bool
	Src, Dst         string
	PresenceChanges  int        // of presentities, those of which this subscription was notified first
	Presence         *Presence  // of a single presentity
	Resources        *Resources // of a list
	Dialog           *DialogState
	MessagesWaiting  *MessagesWaiting
	Bindings         *Bindings
	Watchers         *Watchers
	Conference       *Conference
	CallCompletion   string // "queued", "ready"
	ReferStatus      int    // last status that was reported for a REFER
	Cause            *Cause
}

// Kind implements Record.
func (*Subscription) Kind() Kind { return KindSubscription }

// Publication is one PUBLISH (RFC 3903).
type Publication struct {
	Header
	Event      string
	AOR        string
	Outcome    Outcome
	IfMatch    string // entity tag that the request referred to
	ETag       string // entity tag of the response
	Expires    int    // seconds granted, -1 unknown
	Status     int
	Reason     string
	Challenged bool
	Src, Dst   string
	Presence   *Presence // what was published
	Cause      *Cause
}

// Kind implements Record.
func (*Publication) Kind() Kind { return KindPublication }

// Message is a MESSAGE outside a dialog (RFC 3428).
type Message struct {
	Header
	From, To    Party
	Status      int // final status, 0 if none was seen
	Reason      string
	Size        int // body bytes, below 0 when not known
	ContentType string
	Text        string // only when the configuration allows it
	Challenged  bool
	Src, Dst    string
	Delay       Elapsed // request to final response
	Cause       *Cause
}

// Kind implements Record.
func (*Message) Kind() Kind { return KindMessage }

// Transaction is any other request: one that failed, or every one when the configuration asks for all.
type Transaction struct {
	Header
	Method     string
	RequestURI string
	From, To   Party
	Status     int
	Reason     string
	Delay      Elapsed
	Timeout    bool // no final response within Timer F
	Challenged bool
	Src, Dst   string
	UserAgent  string
	Cause      *Cause
}

// Kind implements Record.
func (*Transaction) Kind() Kind { return KindTransaction }

// Failure is a failed request with an explanation.
type Failure struct {
	Header
	Method     string
	RequestURI string
	From, To   Party
	Status     int
	Reason     string
	Origin     string // address:port of the element that generated the response, as far as hops show
	Src, Dst   string
	Cause      *Cause
	Event      string // event package of SUBSCRIBE, NOTIFY and PUBLISH as in the metrics; for statistics, not written
}

// Kind implements Record.
func (*Failure) Kind() Kind { return KindFailure }

// Cause is why something failed.
type Cause struct {
	Source      string // "sip", "reason", "q850", "warning", "ms-diagnostics", "timeout", "icmp", "tcp", "tls", "websocket", "sctp"
	Code        string
	Text        string
	Origin      string
	Explanation string
	RetryAfter  int // seconds of the Retry-After of the response, 0 without one
	Evidence    []Evidence
}

// Evidence is one observation from which a cause was inferred.
type Evidence struct {
	Time int64 // Unix nanoseconds
	What string
}
