package session

import (
	"net/netip"

	"sipspan/decode/sip"
	"sipspan/record"
)

// Direction is which way a request went, as a peer sees it.
type Direction uint8

// The directions.
const (
	Inbound Direction = iota // from the peer
	Outbound
)

// String returns the name used as the direction label.
func (d Direction) String() string { return [...]string{"inbound", "outbound"}[d] }

// OtherCode is the code of counts that share one label set because there were too many.
const OtherCode = 0xffff

// PeerLabels are the labels of what is counted by peer, as far as a count has them.
type PeerLabels struct {
	Peer      string // from the configuration
	Direction Direction
	Method    sip.Method
	Code      uint16 // status code, 0 for none
	Cause     string // see CauseLabel
}

// PeerCall are the labels of the calls of a peer.
type PeerCall struct {
	Peer        string
	Direction   Direction
	Disposition record.Disposition
}

// PeerSetup are the labels of the session requests of a peer.
type PeerSetup struct {
	Peer      string
	Direction Direction
	Part      SetupPart
}

// SetupPart is one of the numbers of Setups.
type SetupPart uint8

// The parts.
const (
	PartTotal SetupPart = iota
	PartRedirected
	PartEstablished
	PartEffective
	PartIneffective
	PartCompleted
	PartUnanswered
	NumSetupParts = int(iota)
)

// Parts returns the numbers by SetupPart.
func (s *Setups) Parts() [NumSetupParts]uint64 {
	return [NumSetupParts]uint64{s.Total, s.Redirected, s.Established, s.Effective, s.Ineffective, s.Completed, s.Unanswered}
}

// What counts beside the peers of the configuration, of which there are at most maxPeers: see maxLabelSets.
var (
	otherPeer      = PeerLabels{Peer: CauseOther, Code: OtherCode, Cause: CauseOther}
	otherPeerCall  = PeerCall{Peer: CauseOther}
	otherPeerSetup = PeerSetup{Peer: CauseOther}
)

// PeerCounters count by peer. A hop between two peers, or two addresses of one, counts for both ends.
type PeerCounters struct {
	Requests  Tally[PeerLabels] // hops of requests, each once, however often it was repeated
	Responses Tally[PeerLabels] // their final responses
	Failures  Tally[PeerLabels]
	Calls     Tally[PeerCall]
	Complete  Tally[PeerCall]  // calls of which the capture held everything
	Setups    Tally[PeerSetup] // of initial INVITEs by hop, challenge retries merged
}

// countPeerRequest counts a request that was seen on a hop.
func (t *Tracker) countPeerRequest(x *transaction) {
	if len(t.peers.byPrefix) > 0 {
		t.countPeers(&t.counters.Peers.Requests, x, 0)
	}
}

// countPeerResponse counts the first final response to a request on a hop.
func (t *Tracker) countPeerResponse(x *transaction, status int) {
	if len(t.peers.byPrefix) > 0 {
		t.countPeers(&t.counters.Peers.Responses, x, uint16(status))
	}
}

func (t *Tracker) countPeers(in *Tally[PeerLabels], x *transaction, code uint16) {
	if from := t.peers.of(x.src.Addr()); from != "" {
		in.Count(PeerLabels{Peer: from, Direction: Inbound, Method: x.method, Code: code}, otherPeer)
	}
	if to := t.peers.of(x.dst.Addr()); to != "" {
		in.Count(PeerLabels{Peer: to, Direction: Outbound, Method: x.method, Code: code}, otherPeer)
	}
}

// way is a hop of an INVITE behind which the same way was gone again.
type way struct {
	src, dst   netip.AddrPort
	status     int
	unanswered bool
}

// leave keeps what came of a hop whose way is gone again, unless a challenge makes the two one.
func (c *call) leave(h *hop) {
	if !excused(h.status) && len(c.left) < maxTries {
		c.left = append(c.left, way{h.src, h.dst, h.status, h.unanswered()})
	}
}

// unanswered reports whether nobody answered on a hop and its sender did not take the INVITE back.
func (h *hop) unanswered() bool { return h.final == 0 && h.cancel == 0 }

// peerLegs returns what the INVITEs of a call came to at peers.
func (t *Tracker) peerLegs(c *call) (legs []record.PeerLeg) {
	if len(t.peers.byPrefix) == 0 {
		return nil
	}
	add := func(w way) {
		leg := record.PeerLeg{Status: w.status, Unanswered: w.unanswered}
		if leg.Peer = t.peers.of(w.src.Addr()); leg.Peer != "" {
			leg.Inbound = true
			legs = append(legs, leg)
		}
		if leg.Peer = t.peers.of(w.dst.Addr()); leg.Peer != "" {
			leg.Inbound = false
			legs = append(legs, leg)
		}
	}
	for _, w := range c.left {
		add(w)
	}
	for i := range c.hops {
		h := &c.hops[i]
		add(way{h.src, h.dst, h.status, h.unanswered()})
	}
	return legs
}

// deepestPeer returns the peer that an INVITE came to which was seen farthest from the caller, "" for none.
func (t *Tracker) deepestPeer(c *call) (name string) {
	if len(t.peers.byPrefix) == 0 {
		return ""
	}
	vias := -1
	for i := range c.hops {
		if h := &c.hops[i]; h.attempt == c.attempt && h.vias > vias {
			if peer := t.peers.of(h.dst.Addr()); peer != "" {
				name, vias = peer, h.vias
			}
		}
	}
	return name
}

// countCall counts a call at every peer that it touched, once for each direction, and its INVITEs there.
func (p *PeerCounters) countCall(r *record.Call) {
	for i, leg := range r.PeerLegs {
		direction := Outbound
		if leg.Inbound {
			direction = Inbound
		}
		if firstOfPeer(r.PeerLegs[:i], leg) {
			call := PeerCall{leg.Peer, direction, r.Disposition}
			p.Calls.Count(call, otherPeerCall)
			if r.Confidence.Complete() {
				p.Complete.Count(call, otherPeerCall)
			}
		}
		if !r.Confidence.Complete() || r.Disposition == record.InProgress || r.Disposition == record.Challenged && excused(leg.Status) {
			continue
		}
		e := setup{status: leg.Status, established: success(leg.Status), unanswered: leg.Unanswered}
		if e.established {
			e.completed, e.unanswered = r.ByeStatus != 0, r.ByeWait.Known
		}
		var s Setups
		s.count(e)
		for part, n := range s.Parts() { // those at 0 too, so that a ratio is 0 and not absent
			p.Setups.add(PeerSetup{leg.Peer, direction, SetupPart(part)}, otherPeerSetup, n)
		}
	}
}

func firstOfPeer(before []record.PeerLeg, leg record.PeerLeg) bool {
	for _, b := range before {
		if b.Peer == leg.Peer && b.Inbound == leg.Inbound {
			return false
		}
	}
	return true
}

// countFailure counts a failed request at the peer that it came from and at the one that it went to.
func (p *PeerCounters) countFailure(r *record.Failure, labels *FailureLabels, cause string) {
	if r.Peers.From != "" {
		p.Failures.Count(PeerLabels{r.Peers.From, Inbound, labels.Method, labels.Code, cause}, otherPeer)
	}
	if r.Peers.To != "" {
		p.Failures.Count(PeerLabels{r.Peers.To, Outbound, labels.Method, labels.Code, cause}, otherPeer)
	}
}

func (p *PeerCounters) copy() PeerCounters {
	return PeerCounters{p.Requests.copy(), p.Responses.copy(), p.Failures.copy(), p.Calls.copy(), p.Complete.copy(), p.Setups.copy()}
}

func (p *PeerCounters) add(o *PeerCounters) {
	p.Requests.Add(&o.Requests, otherPeer)
	p.Responses.Add(&o.Responses, otherPeer)
	p.Failures.Add(&o.Failures, otherPeer)
	p.Calls.Add(&o.Calls, otherPeerCall)
	p.Complete.Add(&o.Complete, otherPeerCall)
	p.Setups.Add(&o.Setups, otherPeerSetup)
}
