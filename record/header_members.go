package record

var flagNames = [...]string{"mid_stream", "one_way", "truncated", "tcp_gap", "capture_drops", "table_full", "clock_step"}

// AppendNames appends the names of the flags that are set, in a fixed order, such as "mid_stream".
func (f Flags) AppendNames(dst []string) []string {
	for i, name := range flagNames {
		if f&(1<<i) != 0 {
			dst = append(dst, name)
		}
	}
	return dst
}

// write describes the members that every record begins with. It expects the brace of the object to be open.
func (h *Header) write(m *members, k Kind) {
	m.text("record", k.String())
	m.count("version", Version)
	m.text("id", h.ID)
	m.text("sensor", h.Sensor)
	m.time("start", h.Start)
	m.time("end", h.End)
	m.text("call_id", h.CallID)
	m.open("peers", h.Peers != Peers{})
	m.text("from", h.Peers.From)
	m.text("to", h.Peers.To)
	m.shut(h.Peers != Peers{})
	m.open("confidence", true)
	m.truth("complete", h.Confidence.Complete())
	m.flags("flags", h.Confidence.Flags)
	m.shut(true)
}

// flags writes the list of the flags that are set, empty or not.
func (m *members) flags(name string, f Flags) {
	if m.row != nil {
		m.row.add(name, words(f.AppendNames(nil)))
		return
	}
	m.array(name)
	for i, flag := range flagNames {
		if f&(1<<i) != 0 {
			m.comma()
			m.json = append(m.json, '"')
			m.json = append(m.json, flag...)
			m.json = append(m.json, '"')
		}
	}
	m.byte(']')
}

// party writes one end of a dialog.
func (m *members) party(name string, p *Party) {
	present := *p != Party{}
	m.open(name, present)
	m.text("uri", p.URI)
	m.text("display", p.Display)
	m.text("tag", p.Tag)
	m.shut(present)
}

// cause writes why something failed, if that is known.
func (m *members) cause(name string, c *Cause) {
	present := c != nil
	if !present {
		c = &Cause{}
	}
	m.open(name, present)
	m.text("source", c.Source)
	m.text("code", c.Code)
	m.text("text", c.Text)
	m.text("origin", c.Origin)
	m.text("explanation", c.Explanation)
	m.evidence("evidence", c.Evidence)
	m.code("retry_after_s", c.RetryAfter)
	m.shut(present)
}

func (m *members) evidence(name string, list []Evidence) {
	if m.row != nil {
		var l items
		for _, e := range list {
			when := ""
			if e.Time != 0 {
				when = string(appendTime(nil, e.Time))
			}
			l.add(when, e.What)
		}
		m.row.add(name, l.String())
		return
	}
	if len(list) == 0 {
		return
	}
	m.array(name)
	for _, e := range list {
		m.item()
		m.time("time", e.Time)
		m.text("what", e.What)
		m.byte('}')
	}
	m.byte(']')
}
