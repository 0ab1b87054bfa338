package session

import (
	"bytes"
	"math"
	"net/netip"
	"time"

	"github.com/cespare/xxhash/v2"

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
	roleOther     role = iota // a transaction record, if it fails
	roleInvite                // drives a call
	roleBye                   // ends a call
	roleRegister              // a registration
	roleSubscribe             // drives a subscription
	rolePublish               // a publication
	roleMessage               // a message
)

// progress is how far a request has come at the hop nearest to its sender.
type progress uint8

const (
	waiting  progress = iota // for its final response
	declined                 // has one other than 2xx: it may be tried again, or on another branch
	done                     // stays only to recognise what is repeated
)

// request is a request as a user agent sent it, with the transaction of every hop it was seen on.
type request struct {
	// What finding a request and its deadline touches comes first, for the cache.
	deadline     int64
	cseq         uint32
	method       sip.Method
	role         role
	progress     progress
	acked        bool
	transactions []transaction
	sender       uint64 // see view.sender
	group        *group
	call         Session // that it belongs to
	subscription Session // likewise
	bytes        int32   // see ledger
	store.Node

	start, first int64 // time of this request, and of the first try; first is 0 when that was not seen
	final        int64
	status       int    // final status the sender was told
	described    uint64 // fingerprint of the last response whose session description was read; of a NOTIFY, of its body
	flags        record.Flags
	retried      bool // challenged before, under a lower CSeq
	offered      bool // carried a session description
	credentials  bool // carried some
	refresh      bool // of a subscription that exists
	inside       bool // a dialog: it has a To tag
	looped       bool // it went the same way three times
	glared       bool // it met another change of the session and may be tried again
	crossed      bool // it was under way when the other side ended the dialog
	outlived     bool // the dialog had ended by a BYE before it was sent
	lowCSeq      bool // its sender had used a higher CSeq number in the dialog before
	stance       media.Stance
	about        stats.EventPackage // of a PUBLISH
	lost         bool               // its response, as far as the capture goes: see Tracker.unseen
	proved       bool               // something shows that it was accepted
	behind       bool               // it belongs to a further leg of the call
	adopted      bool               // only answers to it were seen at first
	open         bool               // the capture ended before its end
	origin       uint8              // index of the transaction nearest to the sender
	attempt      uint16             // of the call, which an INVITE is
	repeats      uint16             // how often it was sent again
	target       uint64             // a hash of the user it is for, while there is a watcher

	side link.Side // that sent it, of a re-INVITE or UPDATE

	gap                        time.Duration // for which the program was not running meanwhile
	gaveUp                     int64         // when its sender stopped waiting for any response, 0 before
	challenge, formerChallenge challenge     // the last 401 or 407 to it, and that to the try before

	raw      []byte            // of the request as its sender sent it, see Tracker.keepRequest
	evidence *evidence.Refusal // nil while nothing went wrong
	*content                   // nil when it is finished
}

func (r *request) NodeOf() *store.Node { return &r.Node }

// nearest returns the transaction at the hop nearest to the sender.
func (r *request) nearest() *transaction { return &r.transactions[r.origin] }

// newRequest opens a request from its first sight. The caller sets its deadline.
func (t *Table) newRequest(g *group, v *view, as role) *request {
	r := t.blankRequest(g, v, as)
	r.start, r.first = v.at, v.at
	t.countPeerRequest(r.addTransaction(v, v.m.Method))
	t.storeRequest(r, v)
	if r.content != nil {
		if v.m.Method == sip.MethodOther {
			r.name = r.text.Add(v.m.MethodName())
		}
		r.uri = r.text.Add(v.m.RequestURI())
		r.agent = r.text.Add(v.agent())
	}
	r.raw = t.keepRequest(v.m)
	r.wait(v.at + t.Config.TimerF())
	return r
}

func (t *Table) blankRequest(g *group, v *view, as role) *request {
	r := t.spareRequest()
	r.group, r.role, r.method, r.cseq = g, as, v.method, v.cseq
	r.flags = v.meta.Flags
	if as != roleInvite { // of which the call says all
		r.content = t.blankContent()
	}
	return r
}

func (t *Table) spareRequest() *request {
	if n := len(t.freeRequests); n > 0 {
		r := t.freeRequests[n-1]
		t.freeRequests = t.freeRequests[:n-1]
		return r
	}
	return &request{transactions: make([]transaction, 0, 2)}
}

func (t *Table) blankContent() *content {
	var c *content
	if n := len(t.freeContents); n > 0 {
		c = t.freeContents[n-1]
		t.freeContents = t.freeContents[:n-1]
	} else {
		c = &content{text: store.NewText(startContent)}
	}
	c.expires, c.general = -1, -1
	return c
}

// releaseContent forgets what a request says.
func (t *Table) releaseContent(r *request) {
	c := r.content
	if c == nil {
		return
	}
	r.content = nil
	if r.bytes != 0 {
		t.Charge(stats.TableTransactions, &r.bytes, r.weight())
	}
	c.text.Reset()
	*c = content{text: c.text, contacts: c.contacts[:0], listed: c.listed[:0], tries: c.tries[:0]}
	if len(t.freeContents) < shard.MaxFree {
		t.freeContents = append(t.freeContents, c)
	}
}

// storeRequest keeps what every request keeps and puts it into its tables.
func (t *Table) storeRequest(r *request, v *view) {
	if r.content != nil {
		x := &r.text
		from, to := v.m.From(), v.m.To()
		r.fromURI, r.fromName, r.fromTag = x.Add(from.URI), x.Add(from.Display), x.Add(v.fromTag)
		r.toURI, r.toName, r.toTag = x.Add(to.URI), x.Add(to.Display), x.Add(v.toTag)
	}
	r.sender = v.sender
	r.credentials = v.m.Request && (v.m.First(sip.HeaderAuthorization) >= 0 || v.m.First(sip.HeaderProxyAuthorization) >= 0)
	r.inside = len(v.toTag) > 0
	if r.group.call != nil && r.inside && v.m.Request {
		r.lowCSeq = r.group.numbers.note(r.sender, r.cseq)
	}
	if t.Watched {
		to, _ := sip.ParseURI(value.Clip(v.m.To().URI))
		r.target = xxhash.Sum64(to.User)
	}
	g := r.group
	g.requests = append(g.requests, r)
	g.keys = append(g.keys, requestKey(r.cseq, r.method))
	g.latest = r
	store.Enqueue(&t.requests, r)
	t.Charge(stats.TableTransactions, &r.bytes, r.weight())
	t.Counters.Tracked[stats.TableTransactions]++
}

// methodName returns the name of the method.
func (r *request) methodName() string {
	if r.method == sip.MethodOther {
		return string(r.text.Of(r.name))
	}
	return r.method.String()
}

// linger keeps a finished request for as long as it may be repeated, and of what it said only what may still be asked for:
// of a REFER by its subscription, of an unknown method its name, of an INVITE and of what failed by those who say why.
func (t *Table) linger(r *request, at int64) {
	r.progress = done
	if r.method != sip.REFER && r.method != sip.MethodOther {
		t.releaseContent(r)
	}
	if r.role != roleInvite && r.evidence == nil {
		t.Evidence.Release(r.raw)
		r.raw = nil
	}
	if r.method == sip.INVITE && !r.acked {
		r.wait(at + t.Config.TimerH())
	} else {
		r.wait(at + int64(t.Config.Linger))
	}
}

// takeOver joins a request with the one of the same method that it tries again.
func (t *Table) takeOver(r *request) {
	if r.changesSession() {
		t.settleGlare(r.group, r, r.start)
	}
	for _, earlier := range r.group.requests {
		if r.inside && earlier.inside && earlier.sender != r.sender {
			continue // what the other side of a dialog sends tries nothing again
		}
		if earlier.evidence != nil {
			t.follow(r, earlier)
		}
		if !r.goesOnWith(earlier) || earlier.method != r.method || earlier.role != r.role || earlier.cseq >= r.cseq {
			continue
		}
		if r.role == roleRegister {
			r.tries = appendTries(append(r.tries, earlier.tries...), earlier.try())
		}
		r.first, r.formerChallenge = earlier.first, earlier.challenge
		r.retried = r.retried || earlier.retried || value.IsChallenge(earlier.status) || earlier.progress == waiting
		r.flags |= earlier.flags
		r.gap = max(r.gap, earlier.gap)
		t.linger(earlier, r.start)
	}
}

// invitesRetry reports whether a user agent may try the same request again by itself: with credentials, at another
// place, or with a longer interval (RFC 3261 section 8.1.3).
func invitesRetry(status int) bool {
	return value.IsChallenge(status) || status == 423 || status >= 300 && status < 400
}

// goesOnWith reports whether a request under a later CSeq number goes on with one that was refused: as a user agent may
// do by itself, or with the next server where one is out of service (RFC 3263 section 4.3). Credentials tell that there
// was a challenge, also where the capture does not hold it.
func (r *request) goesOnWith(earlier *request) bool {
	switch {
	case earlier.progress == declined:
		return invitesRetry(earlier.status) || earlier.status == 503 && r.nearest().dst.Addr() != earlier.nearest().dst.Addr()
	case earlier.progress == waiting:
		return r.credentials && !earlier.credentials && r.nearest().dst == earlier.nearest().dst
	}
	return false
}

// generator returns the element that generated the response the sender was told, as far as hops show: the one that was
// heard with it first, and of several at the same time, as far as the clock tells, the farthest.
func (r *request) generator() netip.AddrPort {
	var src netip.AddrPort
	earliest := never
	for i := range r.transactions {
		x := &r.transactions[i]
		if x.method == r.method && int(x.status) == r.status && x.final <= earliest {
			earliest, src = x.final, x.answerer
		}
	}
	return src
}

// sameText reports whether a piece of the request is b.
func (r *request) sameText(p store.Piece, b []byte) bool {
	return bytes.Equal(r.text.Of(p), value.Clip(b))
}

// dropRequest forgets a request.
func (t *Table) dropRequest(r *request) {
	g := r.group
	for i, x := range g.requests {
		if x == r {
			g.requests = append(g.requests[:i], g.requests[i+1:]...)
			g.keys = append(g.keys[:i], g.keys[i+1:]...)
			break
		}
	}
	if g.latest == r {
		g.latest = nil
	}
	store.Dequeue(&t.requests, r)
	t.Counters.Tracked[stats.TableTransactions]--
	t.Evidence.ReleaseRefusal(r.evidence)
	t.releaseContent(r)
	t.Evidence.Release(r.raw)
	t.Charge(stats.TableTransactions, &r.bytes, 0)
	*r = request{transactions: r.transactions[:0]}
	if len(t.freeRequests) < shard.MaxFree {
		t.freeRequests = append(t.freeRequests, r)
	}
}

// eventPackage names the event package of a request, "" where it has none.
func (r *request) eventPackage() string {
	switch r.method {
	case sip.SUBSCRIBE, sip.NOTIFY, sip.BENOTIFY, sip.PUBLISH:
		return r.about.String()
	}
	return ""
}

// repeated counts a retransmission, and the same packet caught at a second place.
func (t *Table) repeated(r *request, v *view) {
	t.Counters.Retransmissions[v.m.Method]++
	if v.m.Request && v.m.Method == r.method && r.repeats < math.MaxUint16 {
		r.repeats++
	}
	if r.progress == done {
		r.wait(max(r.deadline, v.at+int64(t.Config.Linger)))
	}
}

// weight returns how many bytes a request takes.
func (r *request) weight() int {
	n := requestBytes + shard.Beyond(len(r.transactions), 2, transactionBytes)
	if x := r.content; x != nil {
		n += contentBytes + shard.Beyond(len(x.text.Bytes()), startContent, 1) + shard.Beyond(len(x.tries), 0, attemptBytes) +
			shard.Beyond(len(x.contacts)+len(x.listed), 0, contactBytes)
	}
	return n
}

// maxTries bounds the requests that one sent one after the other. Of more, the oldest are forgotten.
const maxTries = 64

// try tells of a request as its sender saw it.
func (r *request) try() record.Attempt {
	a := record.Attempt{Start: r.start}
	if r.status != 0 {
		a.Final, a.Status = r.final, r.status
	}
	return a
}

func appendTries(list []record.Attempt, a record.Attempt) []record.Attempt {
	if len(list) >= maxTries {
		list = append(list[:0], list[len(list)-maxTries+1:]...)
	}
	return append(list, a)
}

// isOther tells a new message from a known request with the same method, CSeq and From: notifiers are about that do not
// count. A NOTIFY under another branch but on the same flow, and with another body, is another NOTIFY.
func (r *request) isOther(v *view) bool {
	if r.method == sip.MethodOther {
		return !r.sameText(r.name, v.m.MethodName())
	}
	if r.method != sip.NOTIFY && r.method != sip.BENOTIFY {
		return false
	}
	x := r.nearest()
	return x.src == v.meta.Src && x.dst == v.meta.Dst && r.described != bodyHash(v)
}

// touch reads a word of every line of a request that most messages read.
func (r *request) touch() uint64 {
	return uint64(r.deadline) + uint64(r.start) + r.target
}

// touchParts does so with what the request refers to.
func (r *request) touchParts() (sum uint64) {
	if n := len(r.transactions); n > 0 {
		sum += r.transactions[n-1].via
	}
	if c := r.content; c != nil && len(c.text.Bytes()) > 0 {
		sum += uint64(c.text.Bytes()[len(c.text.Bytes())-1])
	}
	return sum
}
