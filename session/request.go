package session

import (
	"bytes"
	"net/netip"

	"github.com/cespare/xxhash/v2"

	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/evidence"
	"sipspan/session/link"
	"sipspan/session/media"
	"sipspan/session/stats"
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

// wait sets the deadline of a request.
func (r *request) wait(until int64) {
	r.deadline = until
	r.group.nextDeadline = min(r.group.nextDeadline, until)
}

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
	call         *call
	subscription *subscription
	bytes        int32 // see ledger
	node

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

	gaveUp                     int64     // when its sender stopped waiting for any response, 0 before
	challenge, formerChallenge challenge // the last 401 or 407 to it, and that to the try before

	raw      []byte            // of the request as its sender sent it, see Tracker.keepRequest
	evidence *evidence.Refusal // nil while nothing went wrong
	*content                   // nil when it is finished
}

// content is what the record of a request says, and what comes of it. Most requests are answered at once and then stay for
// a while to recognise what is repeated, for which they need none of it.
type content struct {
	text      text
	star      bool // Contact: *
	expires   int  // seconds, -1 when not said
	size      int  // of the body
	contacts  []contact
	listed    []contact        // of the 2xx to a REGISTER
	general   int              // its Expires, -1 when not said
	seenAs    netip.AddrPort   // where the server saw the REGISTER come from
	tries     []record.Attempt // REGISTER requests that it follows
	explained *record.Cause    // why it failed, once that was asked

	name                       piece // of a method outside the closed set
	uri, agent                 piece
	fromURI, fromName, fromTag piece
	toURI, toName, toTag       piece
	reason                     piece
	event, contentType, body   piece
	published                  *publishing // of a PUBLISH
}

func (r *request) nodeOf() *node { return &r.node }

// nearest returns the transaction at the hop nearest to the sender.
func (r *request) nearest() *transaction { return &r.transactions[r.origin] }

// newRequest opens a request from its first sight. The caller sets its deadline.
func (t *Tracker) newRequest(g *group, v *view, as role) *request {
	t.makeRoom(g)
	r := t.blankRequest(g, v, as)
	r.start, r.first = v.at, v.at
	t.countPeerRequest(r.addTransaction(v, v.m.Method))
	t.storeRequest(r, v)
	if r.content != nil {
		if v.m.Method == sip.MethodOther {
			r.name = r.text.add(v.m.MethodName())
		}
		r.uri = r.text.add(v.m.RequestURI())
		r.agent = r.text.add(v.agent())
	}
	r.raw = t.keepRequest(v.m)
	r.wait(v.at + t.cfg.timerF())
	return r
}

func (t *Tracker) blankRequest(g *group, v *view, as role) *request {
	r := t.spareRequest()
	r.group, r.role, r.method, r.cseq = g, as, v.method, v.cseq
	r.flags = v.meta.Flags
	if as != roleInvite { // of which the call says all
		r.content = t.blankContent()
	}
	return r
}

func (t *Tracker) spareRequest() *request {
	if n := len(t.freeRequests); n > 0 {
		r := t.freeRequests[n-1]
		t.freeRequests = t.freeRequests[:n-1]
		return r
	}
	return &request{transactions: make([]transaction, 0, 2)}
}

func (t *Tracker) blankContent() *content {
	var c *content
	if n := len(t.freeContents); n > 0 {
		c = t.freeContents[n-1]
		t.freeContents = t.freeContents[:n-1]
	} else {
		c = &content{text: newText(startContent)}
	}
	c.expires, c.general = -1, -1
	return c
}

// releaseContent forgets what a request says.
func (t *Tracker) releaseContent(r *request) {
	c := r.content
	if c == nil {
		return
	}
	r.content = nil
	if r.bytes != 0 {
		t.charge(stats.TableTransactions, &r.bytes, r.weight())
	}
	c.text.reset()
	*c = content{text: c.text, contacts: c.contacts[:0], listed: c.listed[:0], tries: c.tries[:0]}
	if len(t.freeContents) < maxFree {
		t.freeContents = append(t.freeContents, c)
	}
}

// storeRequest keeps what every request keeps and puts it into its tables.
func (t *Tracker) storeRequest(r *request, v *view) {
	if r.content != nil {
		x := &r.text
		from, to := v.m.From(), v.m.To()
		r.fromURI, r.fromName, r.fromTag = x.add(from.URI), x.add(from.Display), x.add(v.fromTag)
		r.toURI, r.toName, r.toTag = x.add(to.URI), x.add(to.Display), x.add(v.toTag)
	}
	r.sender = v.sender
	r.credentials = v.m.Request && (v.m.First(sip.HeaderAuthorization) >= 0 || v.m.First(sip.HeaderProxyAuthorization) >= 0)
	r.inside = len(v.toTag) > 0
	if c := r.group.call; c != nil && r.inside && v.m.Request {
		r.lowCSeq = c.numbers.note(r.sender, r.cseq)
	}
	if t.Watched {
		to, _ := sip.ParseURI(clip(v.m.To().URI))
		r.target = xxhash.Sum64(to.User)
	}
	g := r.group
	g.requests = append(g.requests, r)
	g.keys = append(g.keys, requestKey(r.cseq, r.method))
	g.latest = r
	enqueue(&t.requests, r)
	t.charge(stats.TableTransactions, &r.bytes, r.weight())
	t.counters.Tracked[stats.TableTransactions]++
}

// makeRoom keeps the table of requests, and those of one group, within their limits.
func (t *Tracker) makeRoom(g *group) {
	if len(g.requests) >= maxRequests {
		t.evictRequest(g.requests[0])
	}
	if t.requests.size >= t.cfg.MaxTransactions {
		oldest := t.requests.first
		other := oldest.group
		t.evictRequest(oldest)
		if other != g {
			t.settle(other)
		}
	}
}

// removeRequest forgets a request.
func (t *Tracker) removeRequest(r *request) {
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
	dequeue(&t.requests, r)
	t.counters.Tracked[stats.TableTransactions]--
	t.adopt(r)
	t.kept.ReleaseRefusal(r.evidence)
	t.releaseContent(r)
	t.kept.Release(r.raw)
	t.charge(stats.TableTransactions, &r.bytes, 0)
	*r = request{transactions: r.transactions[:0]}
	if len(t.freeRequests) < maxFree {
		t.freeRequests = append(t.freeRequests, r)
	}
}

// methodName returns the name of the method.
func (r *request) methodName() string {
	if r.method == sip.MethodOther {
		return string(r.text.of(r.name))
	}
	return r.method.String()
}

// linger keeps a finished request for as long as it may be repeated, and of what it said only what may still be asked for:
// of a REFER by its subscription, of an unknown method its name, of an INVITE and of what failed by those who say why.
func (t *Tracker) linger(r *request, at int64) {
	r.progress = done
	if r.method != sip.REFER && r.method != sip.MethodOther {
		t.releaseContent(r)
	}
	if r.role != roleInvite && r.evidence == nil {
		t.kept.Release(r.raw)
		r.raw = nil
	}
	if r.method == sip.INVITE && !r.acked {
		r.wait(at + t.cfg.timerH())
	} else {
		r.wait(at + int64(t.cfg.Linger))
	}
}

// takeOver joins a request with the one of the same method that it tries again.
func (t *Tracker) takeOver(r *request) {
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
		r.retried = r.retried || earlier.retried || isChallenge(earlier.status) || earlier.progress == waiting
		r.flags |= earlier.flags
		t.linger(earlier, r.start)
	}
}

func isChallenge(status int) bool { return status == 401 || status == 407 }

// invitesRetry reports whether a user agent may try the same request again by itself: with credentials, at another
// place, or with a longer interval (RFC 3261 section 8.1.3).
func invitesRetry(status int) bool {
	return isChallenge(status) || status == 423 || status >= 300 && status < 400
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
func (r *request) sameText(p piece, b []byte) bool { return bytes.Equal(r.text.of(p), clip(b)) }
