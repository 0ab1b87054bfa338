package transaction

import (
	"math"

	"github.com/cespare/xxhash/v2"

	"sipspan/decode/sip"
	"sipspan/session/shard"
	"sipspan/session/stats"
	"sipspan/session/store"
	"sipspan/session/value"
)

// Table holds the requests of a shard.
type Table struct {
	*shard.Shard
	*requestMemory
	Requests store.Queue[Request] // oldest first
}

// requestMemory is what finished requests leave for the next ones. Shards of one goroutine share it.
type requestMemory struct {
	freeRequests []*Request
	freeContents []*Content
}

// NewTable returns an empty table.
func NewTable(s *shard.Shard) *Table { return &Table{Shard: s, requestMemory: new(requestMemory)} }

// Share makes a table work in the memory of another.
func (t *Table) Share(with *Table) {
	t.Shard.Share(with.Shard)
	t.requestMemory = with.requestMemory
}

// SettleGlare ends the wait of changes that met another: the sender of r tries one again. Without r the dialog ends before it
// came to that.
func (t *Table) SettleGlare(g *Group, r *Request, at int64) {
	for _, x := range g.Requests {
		if x.Glared && x.Progress == Declined && (r == nil || r.changesSession() && r.Sender == x.Sender && r.CSeq > x.CSeq) {
			t.WriteGlare(x, at)
			t.Linger(x, at)
			x.Glared = false
		}
	}
}

// WriteGlare writes the transaction of a change that met another, where all are written.
func (t *Table) WriteGlare(r *Request, at int64) {
	if t.Config.AllTransactions {
		t.WriteTransaction(r, at)
	}
}

// MayTryAgain reports whether a request that was challenged may have been tried again after the capture ended: a person may
// have to type a password. Credentials that were refused are not sent again by themselves.
func (t *Table) MayTryAgain(status int, since int64, again bool, now, before Challenge) bool {
	return value.IsChallenge(status) && since < int64(t.Config.ChallengeWait) && !(again && now.refuses(before))
}

// NewRequest opens a request from its first sight. The caller sets its deadline.
func (t *Table) NewRequest(g *Group, v *View, as role) *Request {
	r := t.BlankRequest(g, v, as)
	r.Start, r.First = v.At, v.At
	t.CountPeerRequest(r.AddTransaction(v, v.Message.Method))
	t.StoreRequest(r, v)
	if r.Content != nil {
		if v.Message.Method == sip.MethodOther {
			r.Name = r.Text.Add(v.Message.MethodName())
		}
		r.URI = r.Text.Add(v.Message.RequestURI())
		r.Agent = r.Text.Add(v.Agent())
	}
	r.Raw = t.KeepRequest(v.Message)
	r.Wait(v.At + t.Config.TimerF())
	return r
}

// BlankRequest returns a request that is in no table yet.
func (t *Table) BlankRequest(g *Group, v *View, as role) *Request {
	r := t.SpareRequest()
	r.Group, r.Role, r.Method, r.CSeq = g, as, v.Method, v.CSeq
	r.Flags = v.Meta.Flags
	if as != RoleInvite { // the call holds all of it
		r.Content = t.blankContent()
	}
	return r
}

// SpareRequest returns the memory of a request.
func (t *Table) SpareRequest() *Request {
	if n := len(t.freeRequests); n > 0 {
		r := t.freeRequests[n-1]
		t.freeRequests = t.freeRequests[:n-1]
		return r
	}
	return &Request{Transactions: make([]Transaction, 0, 2)}
}

func (t *Table) blankContent() *Content {
	var c *Content
	if n := len(t.freeContents); n > 0 {
		c = t.freeContents[n-1]
		t.freeContents = t.freeContents[:n-1]
	} else {
		c = &Content{Text: store.NewText(startContent)}
	}
	c.Expires, c.General = -1, -1
	return c
}

// releaseContent drops the content of a request.
func (t *Table) releaseContent(r *Request) {
	c := r.Content
	if c == nil {
		return
	}
	r.Content = nil
	if r.Bytes != 0 {
		t.Charge(stats.TableTransactions, &r.Bytes, r.Weight())
	}
	c.Text.Reset()
	*c = Content{Text: c.Text, Contacts: c.Contacts[:0], Listed: c.Listed[:0], Tries: c.Tries[:0]}
	if len(t.freeContents) < shard.MaxFree {
		t.freeContents = append(t.freeContents, c)
	}
}

// StoreRequest keeps what every request keeps and puts it into its tables.
func (t *Table) StoreRequest(r *Request, v *View) {
	if r.Content != nil {
		x := &r.Text
		from, to := v.Message.From(), v.Message.To()
		r.FromURI, r.FromName, r.FromTag = x.Add(from.URI), x.Add(from.Display), x.Add(v.FromTag)
		r.ToURI, r.ToName, r.ToTag = x.Add(to.URI), x.Add(to.Display), x.Add(v.ToTag)
	}
	r.Sender = v.Sender
	r.Credentials = v.Message.Request && (v.Message.First(sip.HeaderAuthorization) >= 0 || v.Message.First(sip.HeaderProxyAuthorization) >= 0)
	r.Inside = len(v.ToTag) > 0
	if r.Group.Call != nil && r.Inside && v.Message.Request {
		r.LowCSeq = r.Group.Numbers.Note(r.Sender, r.CSeq)
	}
	if t.Watched {
		to, _ := sip.ParseURI(value.Clip(v.Message.To().URI))
		r.Target = xxhash.Sum64(to.User)
	}
	g := r.Group
	g.Requests = append(g.Requests, r)
	g.Keys = append(g.Keys, RequestKey(r.CSeq, r.Method))
	g.Latest = r
	store.Enqueue(&t.Requests, r)
	t.Charge(stats.TableTransactions, &r.Bytes, r.Weight())
	t.Counters.Tracked[stats.TableTransactions]++
}

// DropRequest forgets a request.
func (t *Table) DropRequest(r *Request) {
	g := r.Group
	for i, x := range g.Requests {
		if x == r {
			g.Requests = append(g.Requests[:i], g.Requests[i+1:]...)
			g.Keys = append(g.Keys[:i], g.Keys[i+1:]...)
			break
		}
	}
	if g.Latest == r {
		g.Latest = nil
	}
	store.Dequeue(&t.Requests, r)
	t.Counters.Tracked[stats.TableTransactions]--
	t.Evidence.ReleaseRefusal(r.Evidence)
	t.releaseContent(r)
	t.Evidence.Release(r.Raw)
	t.Charge(stats.TableTransactions, &r.Bytes, 0)
	*r = Request{Transactions: r.Transactions[:0]}
	if len(t.freeRequests) < shard.MaxFree {
		t.freeRequests = append(t.freeRequests, r)
	}
}

// Linger keeps a finished request for as long as it may be repeated, and of its content only what may still be asked for:
// of a REFER by its subscription, of an unknown method its name, of an INVITE and of what failed by those who say why.
func (t *Table) Linger(r *Request, at int64) {
	r.Progress = Done
	if r.Method != sip.REFER && r.Method != sip.MethodOther {
		t.releaseContent(r)
	}
	if r.Role != RoleInvite && r.Evidence == nil {
		t.Evidence.Release(r.Raw)
		r.Raw = nil
	}
	if r.Method == sip.INVITE && !r.Acked {
		r.Wait(at + t.Config.TimerH())
	} else {
		r.Wait(at + int64(t.Config.Linger))
	}
}

// TakeOver joins a request with the one of the same method that it tries again.
func (t *Table) TakeOver(r *Request) {
	if r.changesSession() {
		t.SettleGlare(r.Group, r, r.Start)
	}
	for _, earlier := range r.Group.Requests {
		if r.Inside && earlier.Inside && earlier.Sender != r.Sender {
			continue // what the other side of a dialog sends tries nothing again
		}
		if earlier.Evidence != nil {
			t.follow(r, earlier)
		}
		if !r.goesOnWith(earlier) || earlier.Method != r.Method || earlier.Role != r.Role || earlier.CSeq >= r.CSeq {
			continue
		}
		if r.Role == RoleRegister {
			r.Tries = AppendTries(append(r.Tries, earlier.Tries...), earlier.Try())
		}
		r.First, r.FormerChallenge = earlier.First, earlier.Challenge
		r.Retried = r.Retried || earlier.Retried || value.IsChallenge(earlier.Status) || earlier.Progress == Waiting
		r.Flags |= earlier.Flags
		r.Gap = max(r.Gap, earlier.Gap)
		t.Linger(earlier, r.Start)
	}
}

// Repeated counts a retransmission, and the same packet caught at a second place.
func (t *Table) Repeated(r *Request, v *View) {
	t.Counters.Retransmissions[v.Message.Method]++
	if v.Message.Request && v.Message.Method == r.Method && r.Repeats < math.MaxUint16 {
		r.Repeats++
	}
	if r.Progress == Done {
		r.Wait(max(r.Deadline, v.At+int64(t.Config.Linger)))
	}
}
