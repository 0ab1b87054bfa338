package ladder

import (
	"net/netip"
	"slices"

	"sipspan/record"
)

// columns puts the elements in the order of signalling: who sends a request stands left of whom it goes to, and what is
// behind an element stands together, in the order of its first sight.
type columns struct {
	elements *elements
	placed   map[int]*place // by element
	roots    []*place
	number   map[int]int // column by element
}

// place is one element in the order.
type place struct {
	element int
	behind  []*place
	column  Column
	addrs   []netip.AddrPort
}

// arrange makes the columns of all messages.
func arrange(e *elements, sights []*sight) *columns {
	c := &columns{elements: e, placed: map[int]*place{}, number: map[int]int{}}
	for _, s := range sights {
		client, server := s.Src, s.Dst
		if !s.request {
			client, server = server, client
		}
		c.put(client, server)
		if p := c.placed[e.of(s.Src)]; p != nil {
			c.name(p, s)
		}
	}
	return c
}

// put gives a client and a server their places, if they have none.
func (c *columns) put(client, server netip.AddrPort) {
	a := c.place(client, nil)
	c.place(server, a)
}

func (c *columns) place(addr netip.AddrPort, before *place) *place {
	element := c.elements.of(addr)
	p := c.placed[element]
	if p == nil {
		if len(c.placed) == maxColumns {
			return nil
		}
		p = &place{element: element}
		c.placed[element] = p
		if before == nil {
			c.roots = append(c.roots, p)
		} else {
			before.behind = append(before.behind, p)
		}
	}
	if addr.IsValid() && addr.Addr().Zone() == "" && !slices.Contains(p.addrs, addr) {
		p.addrs = append(p.addrs, addr)
		p.column.Addrs = append(p.column.Addrs, netip.AddrPortFrom(addr.Addr().Unmap(), addr.Port()).String())
	}
	return p
}

// name takes the names that an element gives itself in a message that it sends.
func (c *columns) name(p *place, s *sight) {
	if p.column.Agent == "" {
		p.column.Agent = s.agent
	}
	if p.column.Name == "" && s.request && len(s.vias) > 0 {
		p.column.Name = s.vias[0].host
	}
}

// list numbers the columns from left to right and returns them.
func (c *columns) list() []Column {
	var all []Column
	var walk func(p *place)
	walk = func(p *place) {
		c.number[p.element] = len(all)
		all = append(all, p.column)
		for _, b := range p.behind {
			walk(b)
		}
	}
	for _, p := range c.roots {
		walk(p)
	}
	return all
}

// of returns the column of an address; ok is false when there are more elements than columns.
func (c *columns) of(addr netip.AddrPort) (column int, ok bool) {
	column, ok = c.number[c.elements.of(addr)]
	return column, ok
}

// roles names the ends of the record.
func (c *columns) roles(all []Column, r record.Record) {
	name := func(addr, role string) {
		a, err := netip.ParseAddrPort(addr)
		if err != nil {
			return
		}
		if _, seen := c.elements.number[a]; !seen {
			return
		}
		if i, ok := c.of(a); ok && all[i].Role == "" {
			all[i].Role = role
		}
	}
	for _, end := range endsOf(r) {
		name(end.addr, end.role)
	}
}

// recordEnd is an address in a record and what it is there.
type recordEnd struct{ addr, role string }

// endsOf returns the ends that a record names.
func endsOf(r record.Record) []recordEnd {
	switch r := r.(type) {
	case *record.Call:
		return []recordEnd{{r.Caller.Addr, "caller"}, {r.Callee.Addr, "callee"}}
	case *record.Registration:
		return []recordEnd{{r.Src, "client"}}
	case *record.Subscription:
		if r.Confidence.Flags&record.MidStream != 0 { // Src may be who notified
			return nil
		}
		return []recordEnd{{r.Src, "subscriber"}}
	case *record.Publication:
		return []recordEnd{{r.Src, "publisher"}}
	case *record.Message:
		return []recordEnd{{r.Src, "sender"}}
	case *record.Transaction:
		return []recordEnd{{r.Src, "client"}}
	case *record.Failure:
		return []recordEnd{{r.Src, "client"}}
	}
	return nil
}
