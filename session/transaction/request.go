package transaction

import (
	"bytes"
	"net/netip"
	"time"

	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/evidence"
	"sipspan/session/link"
	"sipspan/session/media"
	"sipspan/session/shard"
	"sipspan/session/stats"
	"sipspan/session/store"
	"sipspan/session/value"
)

// role is what a request is to its session: it decides what its end is written as.
type role uint8

const (
	RoleOther     role = iota // a transaction record, if it fails
	RoleInvite                // drives a call
	RoleBye                   // ends a call
	RoleRegister              // a registration
	RoleSubscribe             // drives a subscription
	RolePublish               // a publication
	RoleMessage               // a message
)

// progress is how far a request has come at the hop nearest to its sender.
type progress uint8

const (
	Waiting  progress = iota // for its final response
	Declined                 // has one other than 2xx: it may be tried again, or on another branch
	Done                     // stays only to recognise what is repeated
)

// Request is a request as a user agent sent it, with the transaction of every hop it was seen on.
type Request struct {
	// What finding a request and its deadline touches comes first, for the cache.
	Deadline     int64
	CSeq         uint32
	Method       sip.Method
	Role         role
	Progress     progress
	Acked        bool
	Transactions []Transaction
	Sender       uint64 // see view.sender
	Group        *Group
	Call         Session // that it belongs to
	Subscription Session // likewise
	Bytes        int32   // see ledger
	store.Node

	Start, First int64 // time of this request, and of the first try; first is 0 when that was not seen
	Final        int64
	Status       int    // final status that the sender received
	Described    uint64 // fingerprint of the last response whose session description was read; of a NOTIFY, of its body
	Flags        record.Flags
	Retried      bool // challenged before, under a lower CSeq
	Offered      bool // carried a session description
	Credentials  bool // carried some
	Refresh      bool // of a subscription that exists
	Inside       bool // a dialog: it has a To tag
	Looped       bool // it went the same way three times
	Glared       bool // it met another change of the session and may be tried again
	Crossed      bool // it was under way when the other side ended the dialog
	Outlived     bool // the dialog had ended by a BYE before it was sent
	LowCSeq      bool // its sender had used a higher CSeq number in the dialog before
	Stance       media.Stance
	About        stats.EventPackage // of a PUBLISH
	Lost         bool               // its response, as far as the capture goes: see Table.Unseen
	Proved       bool               // something shows that it was accepted
	Behind       bool               // it belongs to a further leg of the call
	Adopted      bool               // only answers to it were seen at first
	Open         bool               // the capture ended before its end
	Origin       uint8              // index of the transaction nearest to the sender
	Attempt      uint16             // of the call, which an INVITE is
	Repeats      uint16             // how often it was sent again
	Target       uint64             // a hash of the user it is for, while there is a watcher

	Side link.Side // that sent it, of a re-INVITE or UPDATE

	Gap                        time.Duration // for which the program was not running meanwhile
	GaveUp                     int64         // when its sender stopped waiting for any response, 0 before
	Challenge, FormerChallenge Challenge     // the last 401 or 407 to it, and that to the try before

	Raw      []byte            // of the request as its sender sent it, see Table.KeepRequest
	Evidence *evidence.Refusal // nil while nothing went wrong
	*Content                   // nil when it is finished
}

// NodeOf makes a request a member of store.Queue.
func (r *Request) NodeOf() *store.Node { return &r.Node }

// Nearest returns the transaction at the hop nearest to the sender.
func (r *Request) Nearest() *Transaction { return &r.Transactions[r.Origin] }

// MethodName returns the name of the method.
func (r *Request) MethodName() string {
	if r.Method == sip.MethodOther {
		return string(r.Text.Of(r.Name))
	}
	return r.Method.String()
}

// InvitesRetry reports whether a user agent may try the same request again by itself: with credentials, at another
// place, or with a longer interval (RFC 3261 section 8.1.3).
func InvitesRetry(status int) bool {
	return value.IsChallenge(status) || status == 423 || status >= 300 && status < 400
}

// goesOnWith reports whether a request under a later CSeq number goes on with one that was refused: as a user agent may
// do by itself, or with the next server where one is out of service (RFC 3263 section 4.3). Credentials tell that there
// was a challenge, also where the capture does not hold it.
func (r *Request) goesOnWith(earlier *Request) bool {
	switch {
	case earlier.Progress == Declined:
		return InvitesRetry(earlier.Status) || earlier.Status == 503 && r.Nearest().Dst.Addr() != earlier.Nearest().Dst.Addr()
	case earlier.Progress == Waiting:
		return r.Credentials && !earlier.Credentials && r.Nearest().Dst == earlier.Nearest().Dst
	}
	return false
}

// generator returns the element that generated the response that the sender received, as far as hops show: the one that was
// seen with it first, and of several at the same time, as far as the clock shows, the farthest.
func (r *Request) generator() netip.AddrPort {
	var src netip.AddrPort
	earliest := Never
	for i := range r.Transactions {
		x := &r.Transactions[i]
		if x.Method == r.Method && int(x.Status) == r.Status && x.Final <= earliest {
			earliest, src = x.Final, x.Answerer
		}
	}
	return src
}

// sameText reports whether a piece of the request is b.
func (r *Request) sameText(p store.Piece, b []byte) bool {
	return bytes.Equal(r.Text.Of(p), value.Clip(b))
}

// eventPackage names the event package of a request, "" where it has none.
func (r *Request) eventPackage() string {
	switch r.Method {
	case sip.SUBSCRIBE, sip.NOTIFY, sip.BENOTIFY, sip.PUBLISH:
		return r.About.String()
	}
	return ""
}

// Weight returns how many bytes a request takes.
func (r *Request) Weight() int {
	n := requestBytes + shard.Beyond(len(r.Transactions), 2, transactionBytes)
	if x := r.Content; x != nil {
		n += contentBytes + shard.Beyond(len(x.Text.Bytes()), startContent, 1) + shard.Beyond(len(x.Tries), 0, AttemptBytes) +
			shard.Beyond(len(x.Contacts)+len(x.Listed), 0, contactBytes)
	}
	return n
}

// MaxTries bounds the requests that one sent one after the other. Of more, the oldest are forgotten.
const MaxTries = 64

// Try returns a request as its sender saw it.
func (r *Request) Try() record.Attempt {
	a := record.Attempt{Start: r.Start}
	if r.Status != 0 {
		a.Final, a.Status = r.Final, r.Status
	}
	return a
}

// AppendTries adds a try to a list of at most MaxTries, of which the oldest is forgotten.
func AppendTries(list []record.Attempt, a record.Attempt) []record.Attempt {
	if len(list) >= MaxTries {
		list = append(list[:0], list[len(list)-MaxTries+1:]...)
	}
	return append(list, a)
}

// IsOther reports whether a message is another request than a known one with the same method, CSeq and From: some notifiers do not
// count. A NOTIFY under another branch but on the same flow, and with another body, is another NOTIFY.
func (r *Request) IsOther(v *View) bool {
	if r.Method == sip.MethodOther {
		return !r.sameText(r.Name, v.Message.MethodName())
	}
	if r.Method != sip.NOTIFY && r.Method != sip.BENOTIFY {
		return false
	}
	x := r.Nearest()
	return x.Src == v.Meta.Src && x.Dst == v.Meta.Dst && r.Described != BodyHash(v)
}

// Touch reads a word of every line of a request that most messages read.
func (r *Request) Touch() uint64 {
	return uint64(r.Deadline) + uint64(r.Start) + r.Target
}

// TouchParts does so with what the request refers to.
func (r *Request) TouchParts() (sum uint64) {
	if n := len(r.Transactions); n > 0 {
		sum += r.Transactions[n-1].Via
	}
	if c := r.Content; c != nil && len(c.Text.Bytes()) > 0 {
		sum += uint64(c.Text.Bytes()[len(c.Text.Bytes())-1])
	}
	return sum
}

// Wait sets the deadline of a request.
func (r *Request) Wait(until int64) {
	r.Deadline = until
	r.Group.NextDeadline = min(r.Group.NextDeadline, until)
}

// What is taken for one of each, in bytes: with the memory that it starts with, and its places in tables.
var (
	requestBytes     = shard.SizeOf[Request]() + 2*shard.SizeOf[Transaction]() + 32
	contentBytes     = shard.SizeOf[Content]() + startContent
	transactionBytes = shard.SizeOf[Transaction]()
	contactBytes     = shard.SizeOf[Contact]()
)

// AttemptBytes is what a try of which the time is kept takes.
var AttemptBytes = shard.SizeOf[record.Attempt]()

// BeginAt takes a request at a hop nearer to its sender than those before, where it was at a packet time.
func (r *Request) BeginAt(at int64) {
	if r.First == r.Start {
		r.First = at
	}
	r.Start = at
}

// Reopen takes a request that was refused and goes to another place now, where it waits until a packet time.
func (r *Request) Reopen(until int64) {
	r.Retried = r.Retried || value.IsChallenge(r.Status) // credentials under the same CSeq number, as some send them
	r.Progress, r.Status, r.Final = Waiting, 0, 0
	r.Crossed, r.Outlived, r.Glared = false, false, false
	r.Wait(until)
}
