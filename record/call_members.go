package record

// AppendJSON implements Record.
func (c *Call) AppendJSON(dst []byte) []byte {
	m := members{json: append(dst, '{')}
	c.Header.write(&m, KindCall)
	c.write(&m)
	return append(m.json, '}')
}

func (c *Call) write(m *members) {
	named(m, "disposition", &c.Disposition, dispositionNames[:])
	m.code("status", &c.Status)
	m.text("reason", &c.Reason)
	m.party("from", &c.From)
	m.party("to", &c.To)
	m.text("request_uri", &c.RequestURI)
	m.endpoint("caller", &c.Caller)
	m.endpoint("callee", &c.Callee)
	m.texts("asserted_identity", &c.AssertedIdentity)
	m.elapsed("setup_ms", &c.Setup)
	m.elapsed("srd_ms", &c.SRD)
	m.elapsed("ring_ms", &c.Ring)
	m.elapsed("duration_ms", &c.Duration)
	m.elapsed("sdd_ms", &c.SDD)
	m.text("released_by", &c.ReleasedBy)
	m.truth("challenged", &c.Challenged)
	m.hops("hops", &c.Hops)
	m.forks("forks", &c.Forks)
	m.media("media", &c.Media)
	m.count("messages", &c.Messages)
	m.count("retransmissions", &c.Retransmissions)
	if im := c.InstantMessages != 0 || c.TypingNotices != 0; m.open("im", im) {
		m.number("messages", &c.InstantMessages, im)
		m.code("typing", &c.TypingNotices)
		m.shut()
	}
	m.texts("services", &c.Services)
	m.serviceEvidence("service_evidence", &c.ServiceEvidence)
	m.related("related", &c.Related)
	m.mark("ack_missing", &c.AckMissing)
	m.cause(&c.Cause)
}

func (m *members) endpoint(name string, e *Endpoint) {
	if !m.open(name, *e != Endpoint{}) {
		return
	}
	m.text("addr", &e.Addr)
	m.text("user_agent", &e.UserAgent)
	m.shut()
}

func (m *members) hops(name string, list *[]Hop) {
	if m.form == toRow {
		var l items
		for _, h := range *list {
			delay := ""
			if h.Delay.Known {
				delay = string(appendMilliseconds(nil, h.Delay.D))
			}
			cancelled := ""
			if h.Cancelled {
				cancelled = "cancelled"
			}
			l.add(h.Src, h.Dst, h.Transport, status(h.Status), delay, cancelled)
		}
		m.row.add(name, l.String())
		return
	}
	for i := range array(m, name, list) {
		h := &(*list)[i]
		m.item()
		m.text("src", &h.Src)
		m.text("dst", &h.Dst)
		m.text("transport", &h.Transport)
		m.code("status", &h.Status)
		m.elapsed("delay_ms", &h.Delay)
		m.mark("cancelled", &h.Cancelled)
		m.shut()
	}
	m.end(len(*list))
}

func (m *members) forks(name string, list *[]Fork) {
	if m.form == toRow {
		var l items
		for _, f := range *list {
			l.add(f.ToTag, f.Epid, f.Contact, f.UserAgent, status(f.Status), forkEnd(&f))
		}
		m.row.add(name, l.String())
		return
	}
	for i := range array(m, name, list) {
		f := &(*list)[i]
		m.item()
		m.text("to_tag", &f.ToTag)
		m.text("epid", &f.Epid)
		m.text("contact", &f.Contact)
		m.text("user_agent", &f.UserAgent)
		m.code("status", &f.Status)
		m.truth("answered", &f.Answered)
		m.mark("cancelled", &f.Cancelled)
		m.shut()
	}
	m.end(len(*list))
}

// forkEnd names how a fork ended, for flat output.
func forkEnd(f *Fork) string {
	switch {
	case f.Answered:
		return "answered"
	case f.Cancelled:
		return "cancelled"
	default:
		return ""
	}
}

func (m *members) media(name string, list *[]Media) {
	if m.form == toRow {
		var l items
		for _, s := range *list {
			l.add(s.Type, s.Codec, s.Addr, s.Direction)
		}
		m.row.add(name, l.String())
		return
	}
	for i := range array(m, name, list) {
		s := &(*list)[i]
		m.item()
		m.text("type", &s.Type)
		m.text("codec", &s.Codec)
		m.text("addr", &s.Addr)
		m.text("direction", &s.Direction)
		m.shut()
	}
	m.end(len(*list))
}

func (m *members) related(name string, list *[]Related) {
	if m.form == toRow {
		var l items
		for _, r := range *list {
			score := ""
			if r.Score > 0 {
				score = string(appendFloat(nil, r.Score))
			}
			l.add(r.Relation, r.CallID, score, r.Reason)
		}
		m.row.add(name, l.String())
		return
	}
	for i := range array(m, name, list) {
		r := &(*list)[i]
		m.item()
		m.text("relation", &r.Relation)
		m.text("call_id", &r.CallID)
		if r.Score > 0 || m.form == fromJSON && m.read.has("score") {
			m.float("score", &r.Score)
		}
		m.text("reason", &r.Reason)
		m.shut()
	}
	m.end(len(*list))
}

func (m *members) serviceEvidence(name string, list *[]ServiceEvidence) {
	if m.form == toRow {
		var l items
		for _, e := range *list {
			l.add(e.Service.String(), string(appendTime(nil, e.Time)), e.What)
		}
		m.row.add(name, l.String())
		return
	}
	for i := range array(m, name, list) {
		e := &(*list)[i]
		m.item()
		named(m, "service", &e.Service, serviceNames[:])
		m.time("time", &e.Time)
		m.text("what", &e.What)
		m.shut()
	}
	m.end(len(*list))
}
