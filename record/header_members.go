package record

var flagNames = [...]string{
	"mid_stream", "one_way", "truncated", "tcp_gap", "capture_drops", "table_full", "clock_step", "restart",
	"no_times", "no_addresses", "no_dates", "local_times",
}

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
	kind, version, complete := k.String(), Version, h.Confidence.Complete() // not of the fields: read where they stand
	m.text("record", &kind)
	m.count("version", &version)
	m.text("id", &h.ID)
	m.text("sensor", &h.Sensor)
	m.time("start", &h.Start)
	m.time("end", &h.End)
	m.text("call_id", &h.CallID)
	if m.open("peers", h.Peers != Peers{}) {
		m.text("from", &h.Peers.From)
		m.text("to", &h.Peers.To)
		m.shut()
	}
	m.capture(&h.Capture)
	if m.open("confidence", true) {
		m.truth("complete", &complete)
		m.flags("flags", &h.Confidence.Flags)
		m.elapsed("gap_ms", &h.Confidence.Gap)
		m.shut()
	}
}

// capture is where the packets came from.
func (m *members) capture(p **Capture) {
	c, _ := object(m, "capture", p)
	if c == nil {
		return
	}
	m.text("interface", &c.Interface)
	m.text("tunnel", &c.Tunnel)
	m.text("outer_src", &c.OuterSrc)
	m.text("outer_dst", &c.OuterDst)
	m.code("vni", &c.VNI)
	m.text("node", &c.Node)
	m.text("correlation_id", &c.CorrelationID)
	m.shut()
}

// flags is the list of the flags that are set, empty or not.
func (m *members) flags(name string, f *Flags) {
	switch m.form {
	case toJSON:
		m.key(name)
		m.json = append(m.json, '[')
		for i, flag := range flagNames {
			if *f&(1<<i) != 0 {
				m.comma()
				m.json = append(m.json, '"')
				m.json = append(m.json, flag...)
				m.json = append(m.json, '"')
			}
		}
		m.json = append(m.json, ']')
	case toRow:
		m.row.add(name, words(f.AppendNames(nil)))
	case fromJSON:
		m.read.flags(name, f)
	}
}

// party is one end of a dialog.
func (m *members) party(name string, p *Party) {
	if !m.open(name, *p != Party{}) {
		return
	}
	m.text("uri", &p.URI)
	m.text("display", &p.Display)
	m.text("tag", &p.Tag)
	m.shut()
}

// cause is why something failed, if that is known.
func (m *members) cause(p **Cause) {
	c, _ := object(m, "cause", p)
	if c == nil {
		return
	}
	m.text("source", &c.Source)
	m.text("code", &c.Code)
	m.text("text", &c.Text)
	m.text("origin", &c.Origin)
	m.text("explanation", &c.Explanation)
	m.evidence("evidence", &c.Evidence)
	m.code("retry_after_s", &c.RetryAfter)
	m.shut()
}

func (m *members) evidence(name string, list *[]Evidence) {
	if m.form == toRow {
		var l items
		for _, e := range *list {
			when := ""
			if e.Time != 0 {
				when = string(appendTime(nil, e.Time))
			}
			l.add(when, e.What)
		}
		m.row.add(name, l.String())
		return
	}
	for i := range array(m, name, list) {
		e := &(*list)[i]
		m.item()
		m.time("time", &e.Time)
		m.text("what", &e.What)
		m.shut()
	}
	m.end(len(*list))
}
