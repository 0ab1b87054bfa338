package transaction

import (
	"encoding/json"

	"sipspan/record"
	"sipspan/session/store"
)

// Request is a request of a group, whose call and subscriptions are packed before it.
func (p *Packer) Request(r *Request) {
	store.Number(&p.Codec, &r.CSeq)
	store.Number(&p.Codec, &r.Method)
	store.Number(&p.Codec, &r.Role)
	store.Number(&p.Codec, &r.Progress)
	p.Times(&r.Deadline, &r.Start, &r.First, &r.Final, &r.GaveUp)
	p.Bools(&r.Acked, &r.Retried, &r.Offered, &r.Credentials, &r.Refresh, &r.Inside, &r.Looped, &r.Glared, &r.Crossed, &r.Outlived,
		&r.LowCSeq, &r.Lost, &r.Proved, &r.Behind, &r.Adopted, &r.Open)
	p.Hash(&r.Sender)
	p.Hash(&r.Described)
	p.Hash(&r.Target)
	store.Number(&p.Codec, &r.Status)
	store.Number(&p.Codec, &r.Flags)
	store.Number(&p.Codec, &r.Side)
	store.Number(&p.Codec, &r.Stance)
	store.Number(&p.Codec, &r.About)
	store.Number(&p.Codec, &r.Origin)
	store.Number(&p.Codec, &r.Attempt)
	store.Number(&p.Codec, &r.Repeats)
	store.Number(&p.Codec, &r.Gap)
	p.Challenge(&r.Challenge)
	p.Challenge(&r.FormerChallenge)
	r.Raw = p.Table.Evidence.Pack(&p.Codec, r.Raw)
	r.Evidence = p.Table.Evidence.PackRefusal(&p.Codec, r.Evidence)
	r.Transactions = List(p, r.Transactions, MaxHops)
	for i := range r.Transactions {
		p.transaction(&r.Transactions[i])
	}
	if len(r.Transactions) == 0 || int(r.Origin) >= len(r.Transactions) {
		p.Fail()
	}
	if !p.Has(r.Content != nil) {
		return
	}
	if p.Unpacking() {
		r.Content = p.Table.blankContent()
	}
	p.content(r.Content)
}

func (p *Packer) transaction(x *Transaction) {
	p.Hash(&x.Via)
	p.Times(&x.Start, &x.Final)
	for i := range x.Responses {
		store.Number(&p.Codec, &x.Responses[i])
	}
	store.Number(&p.Codec, &x.Next)
	store.Number(&p.Codec, &x.Method)
	store.Number(&p.Codec, &x.Transport)
	p.Bools(&x.Below)
	store.Number(&p.Codec, &x.Hop)
	store.Number(&p.Codec, &x.Status)
	store.Number(&p.Codec, &x.Vias)
	store.Number(&p.Codec, &x.Attempt)
	p.Addr(&x.Src)
	p.Addr(&x.Dst)
	p.Addr(&x.Answerer)
	p.Hash(&x.Target)
	for i := range x.Lower {
		p.Hash(&x.Lower[i])
	}
	if int(x.Next) >= len(x.Responses) {
		p.Fail()
	}
}

func (p *Packer) content(c *Content) {
	p.Strings = &c.Text
	p.Bools(&c.Star)
	store.Number(&p.Codec, &c.Expires)
	store.Number(&p.Codec, &c.Size)
	store.Number(&p.Codec, &c.General)
	p.Addr(&c.SeenAs)
	p.Pieces(&c.Name, &c.URI, &c.Agent, &c.FromURI, &c.FromName, &c.FromTag, &c.ToURI, &c.ToName, &c.ToTag, &c.Reason, &c.Event,
		&c.ContentType, &c.Body)
	c.Contacts = p.contacts(c.Contacts)
	c.Listed = p.contacts(c.Listed)
	c.Tries = p.Tries(c.Tries)
	c.Explained = InJSON(p, c.Explained)
	if !p.Has(c.Published != nil) {
		return
	}
	if p.Unpacking() {
		c.Published = new(Publishing)
	}
	p.Piece(&c.Published.Match)
	c.Published.Presence = InJSON(p, c.Published.Presence)
}

func (p *Packer) contacts(contacts []Contact) []Contact {
	contacts = List(p, contacts, MaxContacts)
	for i := range contacts {
		c := &contacts[i]
		p.Piece(&c.URI)
		store.Number(&p.Codec, &c.Expires)
		p.Hash(&c.Instance)
		p.Hash(&c.Flow)
	}
	return contacts
}

// InJSON packs what is rare and made of many strings.
func InJSON[T any](p *Packer, v *T) *T {
	if !p.Has(v != nil) {
		return nil
	}
	if !p.Unpacking() {
		b, err := json.Marshal(v)
		if err != nil {
			p.Fail() // plain structs of strings and numbers: not reached
		}
		p.Bytes(b)
		return v
	}
	v = new(T)
	if json.Unmarshal(p.Borrow(), v) != nil {
		p.Fail()
	}
	return v
}

// Packer packs the state of sessions and unpacks it. The layout of each type is one function that serves both ways; a value
// that is left out there is lost while the session waits, which TestPackedCallIsWhole notices.
type Packer struct {
	store.Codec
	Strings *store.Text // of the session in hand
	Table   *Table      // of the requests
}

// Piece is a string of the session.
func (p *Packer) Piece(x *store.Piece) {
	if !p.Unpacking() {
		p.Text(p.Strings.Of(*x))
		return
	}
	*x = p.Strings.Copy(p.Text(nil))
}

// Pieces are strings of the session.
func (p *Packer) Pieces(list ...*store.Piece) {
	for _, x := range list {
		p.Piece(x)
	}
}

// Times are Unix nanoseconds.
func (p *Packer) Times(list ...*int64) {
	for _, at := range list {
		p.Time(at)
	}
}

// Elapsed is a duration of a record, if it is known.
func (p *Packer) Elapsed(e *record.Elapsed) {
	if !p.Has(*e != record.Elapsed{}) {
		*e = record.Elapsed{}
		return
	}
	p.Bools(&e.Known)
	store.Number(&p.Codec, &e.D)
	p.Time(&e.From)
}

// List packs the length of a list, and makes it that long when unpacking.
func List[T any](p *Packer, s []T, limit int) []T {
	n := p.Len(len(s), limit)
	if !p.Unpacking() {
		return s
	}
	for s = s[:0]; len(s) < n; {
		var zero T
		s = append(s, zero)
	}
	return s
}

// Numbers are the highest CSeq numbers of a dialog.
func (p *Packer) Numbers(n *Numbers) {
	for i := range n.sender {
		p.Hash(&n.sender[i])
		store.Number(&p.Codec, &n.cseq[i])
	}
}

// Tries are the earlier tries of a request or a call.
func (p *Packer) Tries(tries []record.Attempt) []record.Attempt {
	tries = List(p, tries, MaxTries)
	for i := range tries {
		a := &tries[i]
		p.Times(&a.Start, &a.Progress, &a.Final)
		store.Number(&p.Codec, &a.Status)
	}
	return tries
}

// Challenge is what distinguishes challenges.
func (p *Packer) Challenge(x *Challenge) {
	p.Hash(&x.Realm)
	p.Bools(&x.Fresh)
}
