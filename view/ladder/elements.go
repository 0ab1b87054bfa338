package ladder

import (
	"net/netip"
)

// elements joins addresses into elements: proxies, phones and servers. The Vias of messages prove what belongs together:
//
//   - a transaction has one client and one server, so that whoever answers is whoever was asked, and the answer goes to who asked;
//   - an element that puts its Via on top of another one has received the request that ended with the other one;
//   - an element that names the IP address that it sends from in its Via, with another port, has that port, too.
//
// Where a transaction shows more than one client or server (a translator of addresses between two points of capture, a client that uses a branch
// twice), it proves nothing and is not used. Neither is what would make the two ends of a message one element.
type elements struct {
	number map[netip.AddrPort]int
	parent []int
	ends   map[string]*ends // by transaction
	order  []string         // of ends, as first seen
	apart  []ways           // pairs of addresses that a message went between
	seen   map[ways]bool    // the same
}

// ways are the two ends of a message.
type ways struct{ src, dst netip.AddrPort }

// ends are the two sides of one transaction.
type ends struct {
	askedFrom, askedAt, answeredTo, answeredFrom one
	below                                        string // the transaction on whose behalf the client of this one acts
	mixed                                        bool   // of several transactions, which cannot be
}

// one is an address, or several.
type one struct {
	addr        netip.AddrPort
	known, many bool
}

func (o *one) add(a netip.AddrPort) {
	o.many = o.many || o.known && o.addr != a
	o.addr, o.known = a, true
}

func newElements() *elements {
	return &elements{number: map[netip.AddrPort]int{}, ends: map[string]*ends{}, seen: map[ways]bool{}}
}

// node returns the number of an address.
func (e *elements) node(a netip.AddrPort) int {
	n, ok := e.number[a]
	if !ok {
		n = len(e.parent)
		e.number[a] = n
		e.parent = append(e.parent, n)
	}
	return n
}

// of returns the number of the element that an address belongs to.
func (e *elements) of(a netip.AddrPort) int {
	n := e.node(a)
	for e.parent[n] != n {
		e.parent[n] = e.parent[e.parent[n]]
		n = e.parent[n]
	}
	return n
}

// join makes two addresses one element. An address that is not known is nobody's.
func (e *elements) join(a, b netip.AddrPort) {
	if !a.IsValid() || !b.IsValid() {
		return
	}
	x, y := e.of(a), e.of(b)
	if x == y {
		return
	}
	for _, w := range e.apart {
		if m, n := e.of(w.src), e.of(w.dst); m == x && n == y || m == y && n == x {
			return
		}
	}
	e.parent[max(x, y)] = min(x, y)
}

// meet takes the ends of a message. It is called for all messages before the first add.
func (e *elements) meet(s *sight) {
	e.node(s.Src)
	e.node(s.Dst)
	w := ways{s.Src, s.Dst}
	if back := (ways{s.Dst, s.Src}); !e.seen[w] && !e.seen[back] {
		e.seen[w] = true
		e.apart = append(e.apart, w)
	}
}

// add takes what a message proves.
func (e *elements) add(s *sight) {
	if len(s.vias) == 0 {
		return
	}
	top := &s.vias[0]
	if s.request && top.addr.IsValid() && top.addr.Addr() == s.Src.Addr().Unmap() {
		e.join(s.Src, top.addr)
	}
	t := e.transaction(top.key)
	if s.request {
		t.askedFrom.add(s.Src)
		t.askedAt.add(s.Dst)
	} else {
		t.answeredTo.add(s.Dst)
		t.answeredFrom.add(s.Src)
	}
	if len(s.vias) > 1 {
		below := s.vias[1].key
		t.mixed = t.mixed || t.below != "" && t.below != below
		t.below = below
	}
}

func (e *elements) transaction(key string) *ends {
	t := e.ends[key]
	if t == nil {
		t = &ends{}
		e.ends[key] = t
		e.order = append(e.order, key)
	}
	return t
}

// settle joins what all messages together prove.
func (e *elements) settle() {
	for _, key := range e.order {
		t := e.ends[key]
		if !t.sound() {
			continue
		}
		if t.askedFrom.known && t.answeredTo.known {
			e.join(t.askedFrom.addr, t.answeredTo.addr)
		}
		if t.askedAt.known && t.answeredFrom.known {
			e.join(t.askedAt.addr, t.answeredFrom.addr)
		}
	}
	for _, key := range e.order {
		t := e.ends[key]
		below := e.ends[t.below]
		if t.below == "" || below == nil || !t.sound() || !below.sound() {
			continue
		}
		client, ok := t.client()
		server, known := below.server()
		if ok && known {
			e.join(client, server)
		}
	}
}

// sound reports whether the transaction shows one client and one server.
func (t *ends) sound() bool {
	return !t.mixed && !t.askedFrom.many && !t.askedAt.many && !t.answeredTo.many && !t.answeredFrom.many
}

func (t *ends) client() (netip.AddrPort, bool) {
	if t.askedFrom.known {
		return t.askedFrom.addr, true
	}
	return t.answeredTo.addr, t.answeredTo.known
}

func (t *ends) server() (netip.AddrPort, bool) {
	if t.askedAt.known {
		return t.askedAt.addr, true
	}
	return t.answeredFrom.addr, t.answeredFrom.known
}
