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
		"check forwarding and routing between {way} for a loop"},
	{"loop_too_many_hops", SIP, "status 483",
		"{event} with {status}: its Max-Forwards ran out, which is nearly always a loop",
		"check forwarding and routing between {way} for a loop"},
}

// loop reads 482, 483 and a branch that came back.
func (v *view) loop() *finding {
	f := &finding{code: strconv.Itoa(v.c.Status), text: v.phrase(), values: map[string]string{"way": v.way()}}
	switch {
	case v.c.Status == 482:
		f.id = "loop_detected"
	case v.c.Status == 483:
		f.id = "loop_too_many_hops"
	case v.c.SameBranch && (v.c.Status == 0 || v.c.Status >= 400):
		f.id = "loop_same_branch"
		if v.c.Status == 0 {
			f.code = ""
		}
		return f
	default:
		return nil
	}
	if v.request != nil && v.request.Header(sip.HeaderMaxForwards) != nil {
		f.evidence = append(f.evidence, v.quote(v.request, sip.HeaderMaxForwards))
	}
	return f
}

// way names the ends of the way.
func (v *view) way() string {
	if n := len(v.c.Hops); n > 0 {
		return v.c.Hops[0].Dst.String() + " and " + v.c.Hops[n-1].Dst.String()
	}
	return "the servers"
}
