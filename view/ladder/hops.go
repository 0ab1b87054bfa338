package ladder

import (
	"net/netip"
	"strconv"

	"sipspan/record"
	"sipspan/view/plain"
)

// OfHops makes the ladder that a record alone can give: its hops, with the request and the final answer of each. It says so.
func OfHops(r record.Record, related []record.Record) *Ladder {
	out := &Ladder{Source: SourceHops, Title: titleOf(r), Columns: []Column{}, Steps: []Step{}}
	h := r.Head()
	out.Legs = []Leg{{CallID: plain.Clean(h.CallID, maxNote), Mark: mark(0)}}
	if c, ok := r.(*record.Call); ok {
		for i, l := range c.Related {
			out.Legs = append(out.Legs, Leg{
				CallID: plain.Clean(l.CallID, maxNote), Mark: mark(i + 1), Relation: plain.Clean(l.Relation, maxLabel), Reason: plain.Clean(l.Reason, maxNote),
			})
		}
		if len(c.Media) > 0 {
			m := Media{}
			for _, l := range c.Media {
				m.Last = append(m.Last, mediaOfRecord(l))
			}
			out.Media = []Media{m}
		}
	}
	out.Start = stamp(h.Start)
	method, hops := hopsOf(r)
	elements := newElements()
	c := &columns{elements: elements, placed: map[int]*place{}, number: map[int]int{}}
	for _, hop := range hops {
		src, _ := netip.ParseAddrPort(hop.Src)
		dst, _ := netip.ParseAddrPort(hop.Dst)
		c.put(src, dst)
	}
	out.Columns = append(out.Columns, c.list()...)
	c.roles(out.Columns, r)
	for _, hop := range hops {
		src, _ := netip.ParseAddrPort(hop.Src)
		dst, _ := netip.ParseAddrPort(hop.Dst)
		from, okFrom := c.of(src)
		to, okTo := c.of(dst)
		if !okFrom || !okTo {
			continue
		}
		out.add(Step{From: from, To: to, Kind: Request, Label: method, Transport: plain.Clean(hop.Transport, maxLabel)})
		if hop.Cancelled {
			out.add(Step{From: from, To: to, Kind: Request, Label: "CANCEL", Transport: plain.Clean(hop.Transport, maxLabel)})
		}
		if hop.Status != 0 {
			answer := Step{From: to, To: from, Kind: kindOf(hop.Status), Label: strconv.Itoa(hop.Status), Transport: plain.Clean(hop.Transport, maxLabel)}
			if hop.Delay.Known {
				answer.DelayMs = hop.Delay.Milliseconds()
			}
			out.add(answer)
		}
	}
	if status, cause := record.Ended(r); cause != nil {
		out.Cause = causeFrom(cause)
		for i := range out.Steps {
			if s := &out.Steps[i]; s.Kind != Request && s.Label == strconv.Itoa(status) {
				s.Explains = true
				s.Notes = append(s.Notes, Note{NoteCause, out.Cause.Explanation})
				out.Cause.Step = s.Number
				break
			}
		}
	}
	out.Remarks = []string{"made of the record: the messages are not there, so that only requests and final answers of each hop are drawn, not in the order of time"}
	for _, f := range lacking {
		if h.Confidence.Flags&f.flag != 0 {
			out.Remarks = append(out.Remarks, f.words)
		}
	}
	return out
}

func (l *Ladder) add(s Step) {
	s.Number, s.Times = len(l.Steps)+1, 1
	l.Steps = append(l.Steps, s)
}

func mediaOfRecord(m record.Media) MediaLine {
	l := MediaLine{Type: plain.Clean(m.Type, maxLabel), Addr: plain.Clean(m.Addr, maxName), Direction: plain.Clean(m.Direction, maxLabel)}
	if m.Codec != "" {
		l.Codecs = []string{plain.Clean(m.Codec, maxLabel)}
	}
	return l
}

// kindOf returns the kind of a response.
func kindOf(status int) Kind { return (&sight{status: status}).kind() }

// hopsOf returns the request of a record and where it went.
func hopsOf(r record.Record) (method string, hops []record.Hop) {
	hop := func(src, dst string, status int, delay record.Elapsed) []record.Hop {
		if src == "" && dst == "" {
			return nil
		}
		return []record.Hop{{Src: src, Dst: dst, Status: status, Delay: delay}}
	}
	switch r := r.(type) {
	case *record.Call:
		return "INVITE", r.Hops
	case *record.Registration:
		return "REGISTER", hop(r.Src, r.Dst, r.Status, r.RRD)
	case *record.Subscription:
		if r.Status == 0 && r.Confidence.Flags&record.MidStream != 0 {
			return "NOTIFY", nil
		}
		return "SUBSCRIBE", hop(r.Src, r.Dst, r.Status, record.Elapsed{})
	case *record.Publication:
		return "PUBLISH", hop(r.Src, r.Dst, r.Status, record.Elapsed{})
	case *record.Message:
		return "MESSAGE", hop(r.Src, r.Dst, r.Status, r.Delay)
	case *record.Transaction:
		return plain.Clean(r.Method, maxLabel), hop(r.Src, r.Dst, r.Status, r.Delay)
	case *record.Failure:
		return plain.Clean(r.Method, maxLabel), hop(r.Src, r.Dst, r.Status, record.Elapsed{})
	}
	return "", nil
}
