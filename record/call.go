package record

// Disposition is how a call ended.
type Disposition uint8

// The dispositions of a call.
const (
	InProgress      Disposition = iota // the capture ended first
	Answered                           // 2xx
	Busy                               // 486, 600
	NoAnswer                           // 408, 480, or the ringing timer
	Cancelled                          // 487 or CANCEL
	Redirected                         // final 3xx
	Rejected                           // 403, 603, 607, 608, other 6xx
	AuthFailed                         // 401 or 407 and no further try
	Challenged                         // 401 or 407, tried again under another Call-ID
	Failed                             // every other 4xx and 5xx
	Timeout                            // no final response within Timer B
	NumDispositions = int(iota)
)

var dispositionNames = [NumDispositions]string{
	"in_progress", "answered", "busy", "no_answer", "cancelled", "redirected", "rejected", "auth_failed", "challenged",
	"failed", "timeout",
}

// String returns the name used in the output, such as "no_answer".
func (d Disposition) String() string { return dispositionNames[d] }

// Call is one call as the user placed it: all hops, legs and forks of one Call-ID.
type Call struct {
	Header
	Disposition      Disposition
	Status           int    // final status code that the caller received, 0 while there is none
	Reason           string // its reason phrase
	From, To         Party
	RequestURI       string
	Caller, Callee   Endpoint
	AssertedIdentity []string
	Setup            Elapsed // INVITE to 2xx
	SRD              Elapsed // RFC 6076 section 4.3
	Ring             Elapsed // first 180 to the final response
	Duration         Elapsed // 2xx to BYE
	SDD              Elapsed // BYE to its 2xx, RFC 6076 section 4.4
	ReleasedBy       string  // "caller", "callee", "network"
	Challenged       bool
	Hops             []Hop
	Forks            []Fork
	Media            []Media
	Messages         int // SIP messages of the call on the wire, all hops and retransmissions
	Retransmissions  int
	InstantMessages  int      // MESSAGE requests inside the dialog, each counted once
	TypingNotices    int      // typing indications inside the dialog, each counted once
	Services         []string // names, see Service; in the order of its constants
	ServiceEvidence  []ServiceEvidence
	Holds            []Hold // for the correlation of calls; not written
	Related          []Related
	Cause            *Cause
	AckMissing       bool // a 2xx that was never acknowledged

	// For statistics; not written.
	Tries      Tries   // the INVITEs
	Dialogs    []int64 // when the caller first received each dialog of the last INVITE, if there were several
	ByeStatus  int     // final status of the BYE, 0 for none
	PeerLegs   []PeerLeg
	ByeRefused Elapsed // BYE to its final response, when that is no 2xx
	ByeWait    Elapsed // BYE to the end of Timer F, when nobody answered it
}

// Kind implements Record.
func (*Call) Kind() Kind { return KindCall }

// Party is one end of a dialog as its From or To names it.
type Party struct {
	URI, Display, Tag string
}

// Endpoint is one end of a call as the network shows it.
type Endpoint struct {
	Addr      string // address:port, IPv6 in brackets
	UserAgent string // User-Agent or Server
}

// Hop is one hop of the INVITE. Hops are in the order in which the packets were captured.
type Hop struct {
	Src, Dst  string // address:port
	Transport string
	Status    int     // final status on this hop
	Delay     Elapsed // INVITE to the final response on this hop, of the last attempt
	Cancelled bool    // there was a CANCEL on this hop
}

// Fork is one branch of the INVITE, identified by its To tag.
type Fork struct {
	ToTag, Epid, Contact, UserAgent string
	Status                          int // best known status of the branch
	Answered                        bool
	Cancelled                       bool
}

// Media is one media line of the last offer or answer.
type Media struct {
	Type, Codec, Addr, Direction string
}

// Related links another Call-ID.
type Related struct {
	Relation, CallID string
	Reason           string  // the reason of the link
	Score            float64 // confidence from 0 to 1; 0 is unknown
}
