package session

import "net/netip"

// countPeerRequest counts a request that was seen on a hop.
func (t *Table) countPeerRequest(x *transaction) {
	t.Counters.Peers.CountRequest(&t.Peers, x.src.Addr(), x.dst.Addr(), x.method)
}

// countPeerResponse counts the first final response to a request on a hop.
func (t *Table) countPeerResponse(x *transaction, status int) {
	t.Counters.Peers.CountResponse(&t.Peers, x.src.Addr(), x.dst.Addr(), x.method, status)
}

// destination returns where the request went at the hop farthest from its sender.
func (r *request) destination() netip.AddrPort {
	far := r.nearest()
	for i := range r.transactions {
		if x := &r.transactions[i]; x.method == r.method && x.vias > far.vias {
			far = x
		}
	}
	return far.dst
}
