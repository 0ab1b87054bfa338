package record

// AppendJSON implements Record.
func (s *Stats) AppendJSON(dst []byte) []byte {
	m := members{json: append(dst, '{')}
	s.Header.write(&m, KindStats)
	s.write(&m)
	return append(m.json, '}')
}

func (s *Stats) write(m *members) {
	m.unsigned("packets", s.Packets)
	m.unsigned("bytes", s.Bytes)
	m.open("messages", true)
	m.unsigned("total", s.Messages.Total)
	m.counts("requests", s.Messages.Requests)
	m.counts("responses", s.Messages.Responses)
	m.counts("transports", s.Messages.Transports)
	m.shut(true)
	switch {
	case s.CallIDsExact:
		m.unsigned("call_ids", s.CallIDs)
	case m.row != nil:
		m.text("call_ids", "")
	}
	m.unsigned("retransmissions", s.Retransmissions)
	m.counts("malformed", s.Malformed)
	m.counts("ignored", s.Ignored)
	m.counts("dropped", s.Dropped)
	m.countsOf("clock_steps", s.ClockSteps)
	m.unsigned("delivered", s.Delivered)
	m.number("reordered", int(s.Reordered), s.Reordered > 0)
	m.number("skipped_bytes", int(s.SkippedBytes), s.SkippedBytes > 0)
	m.counts("records", s.Records)
	m.milliseconds("elapsed_ms", s.ElapsedMS)
}
