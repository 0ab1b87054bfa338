package prometheus

import "sipspan/session/stats"

// What is counted by peer, the groups of addresses in session.peers.
var (
	peerRequests  = openCounter("peer_requests_total", "Requests on a hop from (inbound) or to (outbound) a peer, each once, however often it was repeated.", "peer", "direction", "method")
	peerResponses = openCounter("peer_responses_total", "First final responses to requests on a hop from or to a peer, by status code.", "peer", "direction", "method", "code")
	peerFailures  = openCounter("peer_failures_total", "Failed requests from or to a peer by status code (none: no response) and cause (source:code).", "peer", "direction", "method", "code", "cause")
	peerCalls     = openCounter("peer_calls_total", "Finished calls that touched a peer, once for each direction, by disposition.", "peer", "direction", "disposition")
	peerComplete  = openCounter("peer_calls_complete_total", "Those of peer_calls_total of which the capture held everything, by disposition: what ratios are made of.", "peer", "direction", "disposition")
	peerSetups    = setupFamilies("peer_rfc6076_sessions", "RFC 6076 by peer, challenge retries merged: session requests on a hop from or to a peer", "peer", "direction")
)

// peers writes what was counted by peer.
func (o *output) peers(p *stats.PeerCounters) {
	for k, n := range p.Requests.All {
		if k.Peer == other {
			o.fold(peerRequests, n.N, 1)
			continue
		}
		o.open(peerRequests, n, k.Peer, k.Direction.String(), k.Method.String())
	}
	for k, n := range p.Responses.All {
		o.open(peerResponses, n, k.Peer, k.Direction.String(), k.Method.String(), codeLabel(k.Code))
	}
	for k, n := range p.Failures.All {
		o.open(peerFailures, n, k.Peer, k.Direction.String(), k.Method.String(), codeLabel(k.Code), k.Cause)
	}
	o.peerCalls(peerCalls, &p.Calls)
	o.peerCalls(peerComplete, &p.Complete)
	for k, n := range p.Setups.All {
		if k.Peer == other {
			o.fold(peerSetups[k.Part], n.N, 1)
			continue
		}
		o.open(peerSetups[k.Part], n, k.Peer, k.Direction.String())
	}
}

func (o *output) peerCalls(m *metric, calls *stats.Tally[stats.PeerCall]) {
	for k, n := range calls.All {
		if k.Peer == other {
			o.fold(m, n.N, 1)
			continue
		}
		o.open(m, n, k.Peer, k.Direction.String(), k.Disposition.String())
	}
}
