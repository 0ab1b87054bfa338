package session

import (
	"encoding/json"

	"sipspan/record"
	"sipspan/session/store"
)

// request is a request of a group, whose call and subscriptions are packed before it.
func (p *packer) request(r *request) {
	store.Number(&p.Codec, &r.cseq)
	store.Number(&p.Codec, &r.method)
	store.Number(&p.Codec, &r.role)
	store.Number(&p.Codec, &r.progress)
	p.times(&r.deadline, &r.start, &r.first, &r.final, &r.gaveUp)
	p.Bools(&r.acked, &r.retried, &r.offered, &r.credentials, &r.refresh, &r.inside, &r.looped, &r.glared, &r.crossed, &r.outlived,
		&r.lowCSeq, &r.lost, &r.proved, &r.behind, &r.adopted, &r.open)
	p.Hash(&r.sender)
	p.Hash(&r.described)
	p.Hash(&r.target)
	store.Number(&p.Codec, &r.status)
	store.Number(&p.Codec, &r.flags)
	store.Number(&p.Codec, &r.side)
	store.Number(&p.Codec, &r.stance)
	store.Number(&p.Codec, &r.about)
	store.Number(&p.Codec, &r.origin)
	store.Number(&p.Codec, &r.attempt)
	store.Number(&p.Codec, &r.repeats)
	store.Number(&p.Codec, &r.gap)
	p.challenge(&r.challenge)
	p.challenge(&r.formerChallenge)
	r.raw = p.table.Evidence.Pack(&p.Codec, r.raw)
	r.evidence = p.table.Evidence.PackRefusal(&p.Codec, r.evidence)
	r.transactions = list(p, r.transactions, maxHops)
	for i := range r.transactions {
		p.transaction(&r.transactions[i])
	}
	if len(r.transactions) == 0 || int(r.origin) >= len(r.transactions) {
		p.Fail()
	}
	if !p.Has(r.content != nil) {
		return
	}
	if p.Unpacking() {
		r.content = p.table.blankContent()
	}
	p.content(r.content)
}

func (p *packer) transaction(x *transaction) {
	p.Hash(&x.via)
	p.times(&x.start, &x.final)
	for i := range x.responses {
		store.Number(&p.Codec, &x.responses[i])
	}
	store.Number(&p.Codec, &x.next)
	store.Number(&p.Codec, &x.method)
	store.Number(&p.Codec, &x.transport)
	p.Bools(&x.below)
	store.Number(&p.Codec, &x.hop)
	store.Number(&p.Codec, &x.status)
	store.Number(&p.Codec, &x.vias)
	store.Number(&p.Codec, &x.attempt)
	p.Addr(&x.src)
	p.Addr(&x.dst)
	p.Addr(&x.answerer)
	p.Hash(&x.target)
	for i := range x.lower {
		p.Hash(&x.lower[i])
	}
	if int(x.next) >= len(x.responses) {
		p.Fail()
	}
}

func (p *packer) content(c *content) {
	p.text = &c.text
	p.Bools(&c.star)
	store.Number(&p.Codec, &c.expires)
	store.Number(&p.Codec, &c.size)
	store.Number(&p.Codec, &c.general)
	p.Addr(&c.seenAs)
	p.pieces(&c.name, &c.uri, &c.agent, &c.fromURI, &c.fromName, &c.fromTag, &c.toURI, &c.toName, &c.toTag, &c.reason, &c.event,
		&c.contentType, &c.body)
	c.contacts = p.contacts(c.contacts)
	c.listed = p.contacts(c.listed)
	c.tries = p.tries(c.tries)
	c.explained = inJSON(p, c.explained)
	if !p.Has(c.published != nil) {
		return
	}
	if p.Unpacking() {
		c.published = new(publishing)
	}
	p.piece(&c.published.match)
	c.published.presence = inJSON(p, c.published.presence)
}

func (p *packer) contacts(contacts []contact) []contact {
	contacts = list(p, contacts, maxContacts)
	for i := range contacts {
		c := &contacts[i]
		p.piece(&c.uri)
		store.Number(&p.Codec, &c.expires)
		p.Hash(&c.instance)
		p.Hash(&c.flow)
	}
	return contacts
}

// inJSON packs what is rare and made of many strings.
func inJSON[T any](p *packer, v *T) *T {
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

// packer packs the state of sessions and unpacks it. The layout of each type is one function that serves both ways; a value
// that is left out there is lost while the session waits, which TestPackedCallIsWhole notices.
type packer struct {
	store.Codec
	text  *store.Text // of the session in hand
	table *Table      // of the requests
}

// piece is a string of the session.
func (p *packer) piece(x *store.Piece) {
	if !p.Unpacking() {
		p.Text(p.text.Of(*x))
		return
	}
	*x = p.text.Copy(p.Text(nil))
}

func (p *packer) pieces(list ...*store.Piece) {
	for _, x := range list {
		p.piece(x)
	}
}

func (p *packer) times(list ...*int64) {
	for _, at := range list {
		p.Time(at)
	}
}

func (p *packer) elapsed(e *record.Elapsed) {
	if !p.Has(*e != record.Elapsed{}) {
		*e = record.Elapsed{}
		return
	}
	p.Bools(&e.Known)
	store.Number(&p.Codec, &e.D)
	p.Time(&e.From)
}

// list packs the length of a list, and makes it that long when unpacking.
func list[T any](p *packer, s []T, limit int) []T {
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

func (p *packer) numbers(n *numbers) {
	for i := range n.sender {
		p.Hash(&n.sender[i])
		store.Number(&p.Codec, &n.cseq[i])
	}
}

func (p *packer) tries(tries []record.Attempt) []record.Attempt {
	tries = list(p, tries, maxTries)
	for i := range tries {
		a := &tries[i]
		p.times(&a.Start, &a.Progress, &a.Final)
		store.Number(&p.Codec, &a.Status)
	}
	return tries
}

func (p *packer) challenge(x *challenge) {
	p.Hash(&x.realm)
	p.Bools(&x.fresh)
}
