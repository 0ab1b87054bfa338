package alerteval

import (
	"net/netip"
	"strconv"
	"time"

	"sipspan/internal/wire"
	"sipspan/record"
)

const connectionRefused = wire.ConnectionRefused

// recordWait is how long after its final response the record of a failure is finished, and challengeWait after a challenge.
const (
	recordWait    = 5 * time.Second
	challengeWait = time.Minute
	timerB        = 32 * time.Second
)

func addr(a, b, c, d byte, port uint16) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{a, b, c, d}), port)
}

var (
	proxyAddr = addr(10, 0, 0, 10, 5060)
	coreAddr  = addr(10, 0, 0, 20, 5060)
	scanAddr  = addr(203, 0, 113, 99, 5071)
)

func hostAddr(n int) netip.AddrPort  { return addr(10, 0, 0, byte(10+n), 5060) }
func trunkAddr(n int) netip.AddrPort { return addr(198, 51, 100, byte(10+n), 5060) }
func phoneAddr(n int) netip.AddrPort { return addr(10, 1, byte(n>>8), byte(n), 5060) }
func strayAddr(n int) netip.AddrPort { return addr(203, 0, 113, byte(n), 5060) }

// request is a request on one hop.
type request struct {
	method, event    string
	src, dst         netip.AddrPort
	from, to         string // peers
	callID           string
	target           uint64
	inside, retried  bool
	awaitCredentials bool // a challenge that is answered
}

func (w *world) callID() string {
	w.calls++
	return strconv.FormatUint(w.calls, 36) + "@" + w.site.Name
}

func (w *world) signal(at int64, kind record.SignalKind, r *request, first bool) *record.Signal {
	s := &w.agenda.put(at).signal
	*s = record.Signal{
		Time: at, Kind: kind, Method: r.method, Event: r.event, Src: r.src, Dst: r.dst, From: r.from, To: r.to, CallID: r.callID,
		Target: r.target, First: first, Inside: r.inside, Retried: r.retried,
	}
	return s
}

// final tells that a request that was sent at a time had its final response after a delay, and of the failure that it is.
func (w *world) final(r *request, at int64, delay time.Duration, status int, first bool) {
	w.finalHeard(r, at+int64(delay), delay, status, first)
}

// finalHeard is the same where something was heard before the final response.
func (w *world) finalHeard(r *request, at int64, heard time.Duration, status int, first bool) {
	s := w.signal(at, record.SignalFinal, r, first)
	s.Status, s.Delay = status, heard
	challenge := status == 401 || status == 407
	if status < 400 || !first || status == 487 || challenge && r.awaitCredentials {
		return
	}
	wait := recordWait
	if challenge {
		wait = challengeWait
	}
	source, code := "sip", strconv.Itoa(status)
	switch status { // what gateways add
	case 486:
		source, code = "q850", "17"
	case 404:
		source, code = "q850", "1"
	case 503:
		source, code = "q850", "34"
	}
	w.failure(r, at+int64(wait), status, source, code)
}

// unanswered tells that there was no response at all.
func (w *world) unanswered(r *request, at int64, first bool) {
	w.signal(at, record.SignalUnanswered, r, first)
	if first {
		w.failure(r, at, 0, "timeout", "")
	}
}

func (w *world) failure(r *request, at int64, status int, source, code string) {
	w.agenda.put(at).record = &record.Failure{
		Header: record.Header{Start: at, End: at, CallID: r.callID, Peers: record.Peers{From: r.from, To: r.to}},
		Method: r.method, Status: status, Src: r.src.String(), Dst: r.dst.String(),
		Cause: &record.Cause{Source: source, Code: code},
	}
}

func (w *world) bindings(at int64, kind record.SignalKind, p *phone) {
	s := w.signal(at, kind, &request{method: "REGISTER", target: p.target}, false)
	s.Count = 1
}

func (w *world) linkDown(at int64, trunk int, kind wire.NetworkKind) {
	r := &request{src: proxyAddr, dst: trunkAddr(trunk), to: w.site.Trunks[trunk].Peer}
	w.signal(at, record.SignalLinkDown, r, false).Status = int(kind)
}
