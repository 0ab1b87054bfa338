package diagnose

import (
	"strconv"

	"sipspan/decode/sip"
)

var loopTable = []Diagnosis{
	{"loop_same_branch", SIP, "a request that went the same way three times, with the same Request-URI and Route",
		"{method} came back to an element that it had passed, so its routing is a loop",
		"follow the way in the evidence and correct the route that sends it back"},
	{"loop_detected", SIP, "status 482",
		"{event} with {status}: it came back to an element that it had passed, or arrived on two ways at once",
		"check forwarding and routing of {way} for a loop"},
	{"loop_too_many_hops", SIP, "status 483",
		"{event} with {status}: its Max-Forwards ran out, which is nearly always a loop",
		"check forwarding and routing of {way} for a loop"},
	{"hops_ping", SIP, "status 483 to an OPTIONS with Max-Forwards 0 where it was captured first",
		"{event} with {status}: Max-Forwards 0 lets it go no further than the next element, which is up, as its answer proves", ""},
	{"hops_few", SIP, "status 483 to a request whose own sender was captured and set Max-Forwards to at most 1",
		"{event} with {status}: its sender set Max-Forwards to {hops}", "set Max-Forwards of the sender to 70"},
}

// loop reads 482, 483 and a branch that came back.
func (v *view) loop() *finding {
	var id string
	switch {
	case v.c.Status == 482:
		id = "loop_detected"
	case v.c.Status == 483:
		id = v.tooManyHops()
	case v.c.Looped && (v.c.Status == 0 || v.c.Status >= 400):
		id = "loop_same_branch"
	default:
		return nil
	}
	f := &finding{id: id, code: strconv.Itoa(v.c.Status), text: v.phrase(), values: map[string]string{"way": v.way(), "hops": v.sent(sip.HeaderMaxForwards, "", "")}}
	if id == "loop_same_branch" {
		if v.c.Status == 0 {
			f.code = ""
		}
		return f
	}
	if v.request() != nil && v.request().Header(sip.HeaderMaxForwards) != nil {
		f.evidence = append(f.evidence, v.quote(v.request(), sip.HeaderMaxForwards))
	}
	return f
}

// fewHops is up to how many hops are too few where nothing goes round.
const fewHops = 1

// tooManyHops tells what a 483 is about. A loop has used up many hops. A request that was captured with few at its sender
// has been in none, and OPTIONS with 0 asks the next element itself (RFC 3261 section 11).
func (v *view) tooManyHops() string {
	allowed, err := strconv.Atoi(v.sent(sip.HeaderMaxForwards, "", ""))
	switch {
	case err != nil:
	case allowed == 0 && v.c.Method == "OPTIONS":
		return "hops_ping"
	case v.c.Vias == 1 && allowed <= fewHops:
		return "hops_few"
	}
	return "loop_too_many_hops"
}

// way names two elements that the loop is between, as far as hops show.
func (v *view) way() string {
	if len(v.c.Path) == 0 {
		return "the servers"
	}
	first := v.c.Path[0].Dst
	for _, h := range v.c.Path[1:] {
		if h.Dst != first {
			return first.String() + " and " + h.Dst.String()
		}
	}
	return "the servers behind " + first.String()
}
