package diagnose

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"sipspan/internal/wire"
	"sipspan/record"
	"sipspan/session/evidence"
)

var networkTable = []Diagnosis{
	{"icmp_port_unreachable", ICMP, "ICMP port unreachable about the request's flow",
		"{method} did not reach {to}: nothing listens on that port", "start the service there, or correct address and port of the next hop"},
	{"icmp_host_unreachable", ICMP, "ICMP host unreachable about the request's flow",
		"{method} did not reach {to}: {from} cannot find that host", "check that the host is up and its network"},
	{"icmp_net_unreachable", ICMP, "ICMP network unreachable about the request's flow",
		"{method} did not reach {to}: {from} has no route to that network", "check the routing at {from}"},
	{"icmp_prohibited", ICMP, "ICMP administratively prohibited about the request's flow",
		"{method} did not reach {to}: a filter at {from} forbids it", "open the firewall at {from} for SIP"},
	{"icmp_too_big", ICMP, "ICMP fragmentation needed or packet too big about the request's flow",
		"{method} did not reach {to}: it is too large for a link behind {from}", "send large requests over TCP (RFC 3261 section 18.1.1), or correct the MTU"},
	{"icmp_time_exceeded", ICMP, "ICMP time exceeded about the request's flow",
		"{method} did not reach {to}: the packet's hops ran out at {from}, which is a routing loop", "check the IP routing around {from}"},
	{"icmp_other", ICMP, "any other ICMP error about the request's flow",
		"{method} did not reach {to}: {from} sent an ICMP error", "look at the ICMP error of {from}"},
	{"tcp_refused", TCP, "a SYN answered with RST",
		"{method} could not be sent to {to}: the connection was refused", "start the service there, or correct address and port of the next hop"},
	{"tcp_reset", TCP, "RST on the connection before the answer",
		"{method} to {to} got no final response: the connection was reset by {from}", "check whether {from} restarted, and idle timeouts of firewalls on the way"},
	{"tcp_unanswered", TCP, "a SYN without an answer",
		"{method} could not be sent to {to}: nothing answers there", "check that the host is up and that no firewall drops the connection"},
}

var networkIDs = [wire.NumNetworkKinds]string{
	wire.PortUnreachable:       "icmp_port_unreachable",
	wire.HostUnreachable:       "icmp_host_unreachable",
	wire.NetUnreachable:        "icmp_net_unreachable",
	wire.Prohibited:            "icmp_prohibited",
	wire.TooBig:                "icmp_too_big",
	wire.TimeExceeded:          "icmp_time_exceeded",
	wire.OtherICMP:             "icmp_other",
	wire.ConnectionRefused:     "tcp_refused",
	wire.ConnectionReset:       "tcp_reset",
	wire.ConnectionUnanswered:  "tcp_unanswered",
	wire.HandshakeBroken:       "tls_alert", // see alertID
	wire.HandshakeBrokenBlind:  "tls_hidden",
	wire.HandshakeClosed:       "tls_closed",
	wire.HandshakeForeign:      "tls_foreign",
	wire.HandshakeExpected:     "tls_expected",
	wire.WebSocketRefused:      "websocket_refused",
	wire.WebSocketClosed:       "websocket_closed",
	wire.AssociationRefused:    "sctp_refused",
	wire.AssociationUnanswered: "sctp_unanswered",
	wire.AssociationAborted:    "sctp_aborted",
	wire.AssociationShutdown:   "sctp_shutdown",
	wire.WindowClosed:          "", // no failure by itself: see windows
}

var networkTexts = [wire.NumNetworkKinds]string{
	wire.PortUnreachable:       "port unreachable",
	wire.HostUnreachable:       "host unreachable",
	wire.NetUnreachable:        "network unreachable",
	wire.Prohibited:            "administratively prohibited",
	wire.TooBig:                "packet too big",
	wire.TimeExceeded:          "time exceeded",
	wire.OtherICMP:             "ICMP error",
	wire.ConnectionRefused:     "connection refused",
	wire.ConnectionReset:       "connection reset",
	wire.ConnectionUnanswered:  "connection attempt not answered",
	wire.HandshakeBroken:       "TLS alert",
	wire.HandshakeBrokenBlind:  "encrypted TLS alert",
	wire.HandshakeClosed:       "connection closed during the TLS handshake",
	wire.HandshakeForeign:      "answer to the ClientHello that is no TLS",
	wire.HandshakeExpected:     "TLS alert to a request in clear",
	wire.WebSocketRefused:      "WebSocket handshake refused",
	wire.WebSocketClosed:       "WebSocket closed",
	wire.AssociationRefused:    "association refused",
	wire.AssociationUnanswered: "INIT not answered",
	wire.AssociationAborted:    "association aborted",
	wire.AssociationShutdown:   "association shut down",
	wire.WindowClosed:          "TCP window closed",
}

// networkID returns the diagnosis of a kind, "" if it explains nothing by itself.
func networkID(k wire.NetworkKind) string {
	if int(k) < wire.NumNetworkKinds {
		return networkIDs[k]
	}
	return ""
}

// maxNetworkEvidence is how many network events a cause lists.
const maxNetworkEvidence = 16

// network explains a request without an answer, or one that a proxy answered for the next hop's sake, by what the
// network said of its flow.
func (v *view) network() *finding {
	if !v.stuck() {
		return nil
	}
	e := nearest(v.c.Network)
	if e == nil {
		return nil
	}
	id := networkIDs[e.Kind]
	if e.Kind == wire.HandshakeBroken {
		id = alertID(e.Alert)
	}
	from := "the network"
	if e.From.IsValid() {
		from = e.From.String()
	}
	f := &finding{id: id, code: id[indexAfter(id):], text: networkTexts[e.Kind], values: map[string]string{
		"to": to(e.Toward, v.c.Dst), "from": from, "peer": peer(e), "alert": e.Alert.String(), "number": strconv.Itoa(int(e.Code)),
	}}
	if e.From.IsValid() {
		f.origin = from
	}
	if e.Kind == wire.HandshakeBroken {
		f.code, f.text = strings.ReplaceAll(e.Alert.String(), " ", "_"), e.Alert.String()
	}
	f.evidence = networkEvidence(v.c.Network)
	return f
}

// stuck reports whether a request without an answer, or its answer, may be for want of a way to the next hop.
func (v *view) stuck() bool {
	switch v.c.Status {
	case 0, 408, 477, 480, 500, 502, 503, 504: // 477 is what Kamailio and OpenSIPS say of a next hop that they cannot send to
		return true
	}
	return false
}

// nearest returns the event that is nearest to the failure: the last one, but a reset behind a TLS handshake that failed
// only follows from that. It is nil if there is no event that explains a failure.
func nearest(events []evidence.NetworkEvent) *evidence.NetworkEvent {
	last := len(events) - 1
	for last >= 0 && networkID(events[last].Kind) == "" {
		last--
	}
	if last < 0 {
		return nil
	}
	e := &events[last]
	if e.Kind != wire.ConnectionReset {
		return e
	}
	for i := range events {
		if k := events[i].Kind; k > wire.ConnectionUnanswered && networkID(k) != "" && events[i].Toward == e.Toward {
			return &events[i]
		}
	}
	return e
}

// networkEvidence lists what the network said, what it repeated once.
func networkEvidence(events []evidence.NetworkEvent) (all []record.Evidence) {
	times := 1
	for i, e := range events[max(0, len(events)-maxNetworkEvidence):] {
		if e.Kind == wire.WindowClosed {
			continue // see windows
		}
		what := networkTexts[min(int(e.Kind), wire.NumNetworkKinds-1)]
		if e.Kind == wire.HandshakeBroken || e.Kind == wire.HandshakeExpected {
			what += " “" + e.Alert.String() + "”"
		}
		what += codeOf(&e.NetworkEvent)
		if e.Toward.IsValid() {
			what += " for " + e.Toward.String()
		}
		if e.From.IsValid() {
			what += " from " + e.From.String()
		}
		if n := len(all); i > 0 && n > 0 && all[n-1].What == what {
			times++
			continue
		}
		all = append(repeated(all, times), record.Evidence{Time: e.Time, What: what})
		times = 1
	}
	return repeated(all, times)
}

// repeated says how often the last observation was made.
func repeated(all []record.Evidence, times int) []record.Evidence {
	if times > 1 {
		all[len(all)-1].What += fmt.Sprintf(" (%d times)", times)
	}
	return all
}

// indexAfter returns where the code begins in an ID such as "icmp_port_unreachable".
func indexAfter(id string) int {
	for i := range id {
		if id[i] == '_' {
			return i + 1
		}
	}
	return 0
}

func to(a, b netip.AddrPort) string {
	switch {
	case a.IsValid():
		return a.String()
	case b.IsValid():
		return b.String()
	}
	return "the next hop"
}

// windows lists for how long receivers had no room for more on the connections of the request.
func (v *view) windows() (all []record.Evidence) {
	if !v.stuck() {
		return nil
	}
	for i := range v.c.Network {
		e := &v.c.Network[i]
		if e.Kind != wire.WindowClosed || len(all) == maxNetworkEvidence || continued(v.c.Network[i+1:], e) {
			continue
		}
		what := "TCP window of " + e.Dst.String() + " closed for "
		if !e.Opened {
			what += "at least "
		}
		all = append(all, record.Evidence{Time: e.Since, What: what + seconds(time.Duration(e.Time-e.Since))})
	}
	return all
}

// continued reports whether later events report the same closed window: the last of them knows best for how long it was.
func continued(later []evidence.NetworkEvent, e *evidence.NetworkEvent) bool {
	return slices.ContainsFunc(later, func(l evidence.NetworkEvent) bool {
		return l.Kind == wire.WindowClosed && l.Src == e.Src && l.Dst == e.Dst && l.Since == e.Since
	})
}

// shut returns the last that is known of the window of an element that had none until the end: what was sent to it was not read.
func (v *view) shut(element netip.AddrPort) *evidence.NetworkEvent {
	for i := len(v.c.Network) - 1; i >= 0; i-- {
		if e := &v.c.Network[i]; e.Kind == wire.WindowClosed && e.Dst == element {
			if e.Opened {
				return nil
			}
			return e
		}
	}
	return nil
}
