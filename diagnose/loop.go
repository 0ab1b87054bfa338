package diagnose

import (
	"strconv"

	"sipspan/decode/sip"
)

var loopTable = []Diagnosis{
	{"loop_same_branch", SIP, "an element got a request back with a branch of its own",
		"{method} came back to an element that it had passed, so its routing is a loop",
		"follow the way in the evidence and correct the route that sends it back"},
	{"loop_detected", SIP, "status 482",
		"{event} with {status}: it came back to an element that it had passed, or arrived on two ways at once",
		"check forwarding and routing of {way} for a loop"},
	{"loop_too_many_hops", SIP, "status 483",
		"{event} with {status}: its Max-Forwards ran out, which is nearly always a loop",
		"check forwarding and routing of {way} for a loop"},
}

// loop reads 482, 483 and a branch that came back.
func (v *view) loop() *finding {
	id := ""
	switch {
	case v.c.Status == 482:
		id = "loop_detected"
	case v.c.Status == 483:
		id = "loop_too_many_hops"
	case v.c.SameBranch && (v.c.Status == 0 || v.c.Status >= 400):
		id = "loop_same_branch"
	default:
		return nil
	}
	f := &finding{id: id, code: strconv.Itoa(v.c.Status), text: v.phrase(), values: map[string]string{"way": v.way()}}
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

// way names two elements that the loop is between, as far as hops show.
func (v *view) way() string {
	if len(v.c.Hops) == 0 {
		return "the servers"
	}
	first := v.c.Hops[0].Dst
	for _, h := range v.c.Hops[1:] {
		if h.Dst != first {
			return first.String() + " and " + h.Dst.String()
		}
	}
	return "the servers behind " + first.String()
}
