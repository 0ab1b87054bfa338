package ladder

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"sipspan/record"
	"sipspan/view/plain"
)

// explain marks the step that shows why it failed, puts the cause beside it, and the evidence beside the steps of the same time.
func (b *builder) explain(c *columns) {
	status, cause := record.Ended(b.in.Record)
	failed, method := b.in.Record, ""
	for _, r := range b.in.Related { // a request of the session that failed, when the session itself did not
		if f, ok := r.(*record.Failure); ok && cause == nil && f.Cause != nil && f.CallID == b.in.Record.Head().CallID {
			status, cause, failed, method = f.Status, f.Cause, f, f.Method
		}
	}
	if f, ok := failed.(*record.Failure); ok {
		method = f.Method
	}
	b.services()
	if cause == nil {
		return
	}
	out := causeFrom(cause)
	b.out.Cause = out
	at := b.shows(c, cause, status, method)
	if at >= 0 {
		step := &b.out.Steps[at]
		step.Explains = true
		step.Notes = append(step.Notes, Note{NoteCause, out.Explanation})
		out.Step = step.Number
	}
	for i, e := range cause.Evidence {
		if at := b.at(e.Time); at >= 0 {
			out.Evidence[i].Step = b.out.Steps[at].Number
		}
	}
	if cause.Source == "icmp" || cause.Source == "tcp" || cause.Source == "tls" || cause.Source == "sctp" || cause.Source == "websocket" {
		b.events(cause)
	}
}

func causeFrom(cause *record.Cause) *Cause {
	out := &Cause{
		Source: plain.Clean(cause.Source, maxLabel), Code: plain.Clean(cause.Code, maxLabel), Text: plain.Clean(cause.Text, maxNote),
		Origin: plain.Clean(cause.Origin, maxName), Explanation: plain.Clean(cause.Explanation, maxLong),
	}
	for _, e := range cause.Evidence {
		out.Evidence = append(out.Evidence, Evidence{Time: stamp(e.Time), What: plain.Clean(e.What, maxLong)})
	}
	return out
}

// shows finds the step that shows the failure: the response with the final status where it was first seen, by preference that of its origin, and of
// those one that is part of the evidence, because an ordinary challenge may have the status of the refusal after it. Without
// a response it is the last request that was sent and not answered. It returns -1 when there is none.
func (b *builder) shows(c *columns, cause *record.Cause, status int, method string) int {
	callID := b.in.Record.Head().CallID
	origin := -1
	if a, err := netip.ParseAddrPort(cause.Origin); err == nil {
		if _, known := c.elements.number[a]; known {
			origin, _ = c.of(a)
		}
	}
	found, best := -1, -1
	for i, s := range b.steps {
		if s.CallID != callID || s.request || s.status != status || method != "" && s.method != method {
			continue
		}
		rank := 0
		if b.out.Steps[i].From == origin {
			rank += 2
		}
		if cause.Shows(s.Time) {
			rank++
		}
		if rank > best {
			found, best = i, rank
		}
	}
	if status != 0 {
		return found
	}
	return b.unanswered(callID, method)
}

// unanswered returns the last request without a final response.
func (b *builder) unanswered(callID, method string) int {
	answered := map[string]bool{}
	for _, s := range b.steps {
		if !s.request && s.status >= 200 {
			answered[s.branch()+"\n"+s.method] = true
		}
	}
	for i, s := range slices.Backward(b.steps) {
		if s.CallID == callID && s.request && s.method != "ACK" && (method == "" || method == s.method) && !answered[s.branch()+"\n"+s.method] {
			return i
		}
	}
	return -1
}

// at returns the step of a time, -1 when there is none.
func (b *builder) at(t int64) int {
	if t != 0 {
		for i, s := range b.steps {
			if s.Time == t {
				return i
			}
		}
	}
	return -1
}

// events draws what the network reported, which is no message.
func (b *builder) events(cause *record.Cause) {
	if !b.timed || len(b.steps) == 0 {
		return
	}
	start := b.steps[0].Time
	for _, e := range cause.Evidence {
		if e.Time == 0 || b.at(e.Time) >= 0 {
			continue
		}
		b.out.Steps = append(b.out.Steps, Step{
			Time: stamp(e.Time), AtMs: ms(e.Time - start), From: -1, To: -1, Kind: Event, Label: plain.Clean(e.What, maxNote), Times: 1,
		})
	}
	slices.SortStableFunc(b.out.Steps, func(x, y Step) int { return cmp.Compare(b.when(&x), b.when(&y)) })
}

// when returns the time since the start, in milliseconds; the times of messages are not in their steps yet.
func (b *builder) when(s *Step) float64 {
	if s.Kind == Event {
		return s.AtMs
	}
	return ms(b.steps[s.Number-1].Time - b.steps[0].Time)
}

// services notes at the steps of their time what services a call made.
func (b *builder) services() {
	call, ok := b.in.Record.(*record.Call)
	if !ok {
		return
	}
	noted := map[record.Service]bool{}
	for _, e := range call.ServiceEvidence {
		if at := b.at(e.Time); at >= 0 && !noted[e.Service] {
			noted[e.Service] = true
			step := &b.out.Steps[at]
			step.Notes = append(step.Notes, Note{NoteService, "service: " + strings.ReplaceAll(e.Service.String(), "_", " ")})
		}
	}
}
