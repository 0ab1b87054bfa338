package stats

import (
	"net/netip"

	"sipspan/decode/sip"
	"sipspan/record"
)

// Direction is the direction of a request as a peer sees it.
type Direction uint8

// The directions.
const (
	Inbound Direction = iota // from the peer
	Outbound
)

// String returns the name used as the direction label.
func (d Direction) String() string { return [...]string{"inbound", "outbound"}[d] }

// PeerLabels are the labels of counts by peer. Each count uses those that it has.
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

// The label sets that count what is beyond the limit of a Tally.
var (
	otherPeer      = PeerLabels{Peer: CauseOther, Code: OtherCode, Cause: CauseOther}
	otherPeerCall  = PeerCall{Peer: CauseOther}
	otherPeerSetup = PeerSetup{Peer: CauseOther}
)

// PeerCounters count by peer. A hop between two peers, or between two addresses of one, counts for both ends.
type PeerCounters struct {
	Requests  Tally[PeerLabels] // hops of requests, each once, without retransmissions
	Responses Tally[PeerLabels] // their final responses
	Failures  Tally[PeerLabels]
	Calls     Tally[PeerCall]
	Complete  Tally[PeerCall]  // calls of which the capture held everything
	Setups    Tally[PeerSetup] // of initial INVITEs by hop, challenge retries merged
}

// CountRequest counts a request that was seen on a hop, for the groups of both ends.
func (p *PeerCounters) CountRequest(groups *Peers, src, dst netip.Addr, method sip.Method) {
	if !groups.Empty() {
		countHop(&p.Requests, groups.Between(src, dst), method, 0)
	}
}

// CountResponse counts the first final response to a request on a hop. src and dst are those of the request.
func (p *PeerCounters) CountResponse(groups *Peers, src, dst netip.Addr, method sip.Method, status int) {
	if !groups.Empty() {
		countHop(&p.Responses, groups.Between(src, dst), method, uint16(status))
	}
}

func countHop(in *Tally[PeerLabels], ends record.Peers, method sip.Method, code uint16) {
	if ends.From != "" {
		in.Count(PeerLabels{Peer: ends.From, Direction: Inbound, Method: method, Code: code}, otherPeer)
	}
	if ends.To != "" {
		in.Count(PeerLabels{Peer: ends.To, Direction: Outbound, Method: method, Code: code}, otherPeer)
	}
}

// countCall counts a call for every peer that it passed, once for each direction, and its INVITEs there.
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
		if !r.Confidence.Complete() || r.Disposition == record.InProgress || r.Disposition == record.Challenged && Excused(leg.Status) {
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

// countFailure counts a failed request for the peer that it came from and for the one that it went to.
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
