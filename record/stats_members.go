package record

// AppendJSON implements Record.
func (s *Stats) AppendJSON(dst []byte) []byte {
	m := members{json: append(dst, '{')}
	s.Header.write(&m, KindStats)
	s.write(&m)
	return append(m.json, '}')
}

func (s *Stats) write(m *members) {
	m.unsigned("packets", &s.Packets)
	m.unsigned("bytes", &s.Bytes)
	s.Messages.write(m)
	s.writeCallIDs(m)
	m.unsigned("retransmissions", &s.Retransmissions)
	m.counts("malformed", &s.Malformed)
	m.counts("ignored", &s.Ignored)
	m.counts("dropped", &s.Dropped)
	m.countsOf("tunnels", &s.Tunnels)
	s.WithoutKeys.write(m)
	m.countsOf("clock_steps", &s.ClockSteps)
	m.countsOf("evicted", &s.Evicted)
	m.unsigned("delivered", &s.Delivered)
	m.counter("reordered", &s.Reordered)
	m.counter("untimed", &s.Untimed)
	m.counter("skipped_bytes", &s.SkippedBytes)
	m.counts("records", &s.Records)
	m.milliseconds("elapsed_ms", &s.ElapsedMS)
}

func (c *MessageCounts) write(m *members) {
	if !m.open("messages", true) {
		return
	}
	m.unsigned("total", &c.Total)
	m.counts("requests", &c.Requests)
	m.counts("responses", &c.Responses)
	m.counts("transports", &c.Transports)
	m.shut()
}

func (s *Servers) write(m *members) {
	if !m.open("tls_without_keys", s.Servers > 0) {
		return
	}
	m.counter("servers", &s.Servers)
	m.mark("more", &s.More)
	m.text("busiest", &s.Busiest)
	m.shut()
}

// writeCallIDs describes the number of Call-IDs, which is exact where it is known at all.
func (s *Stats) writeCallIDs(m *members) {
	if m.form == fromJSON {
		s.CallIDsExact = m.read.has("call_ids")
	}
	switch {
	case s.CallIDsExact:
		m.unsigned("call_ids", &s.CallIDs)
	case m.form == toRow:
		m.row.add("call_ids", "")
	}
}
