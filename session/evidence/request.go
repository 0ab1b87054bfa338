package evidence

import "sipspan/decode/sip"

// asked are the header fields of a request that a refusal may be about.
var asked = [...]sip.HeaderID{
	sip.HeaderTo, sip.HeaderMaxForwards, sip.HeaderRequire, sip.HeaderProxyRequire, sip.HeaderSessionExpires, sip.HeaderExpires,
	sip.HeaderEvent, sip.HeaderReplaces, sip.HeaderJoin, sip.HeaderContentType, sip.HeaderAuthorization, sip.HeaderProxyAuthorization, sip.HeaderReason,
	sip.HeaderMSDiagnostics, sip.HeaderMSDiagnosticsPublic, sip.HeaderMSClientDiagnostics,
}

// Request keeps of a request what its refusal may be about, as a message of its own that belongs to the caller until
// Release. It returns nil when there is no room, and for most requests: every request is kept and few are refused, so
// those are left out for which a few strings of the session are enough (To, Event, Expires).
func (s *Store) Request(m *sip.Message) []byte {
	offers := m.Method == sip.INVITE || m.Method == sip.UPDATE
	if !offers && m.First(sip.HeaderAuthorization) < 0 && m.First(sip.HeaderProxyAuthorization) < 0 && (m.Method != sip.BYE || Says(m) == 0) &&
		len(m.Header(sip.HeaderMaxForwards)) != 1 { // few hops are left
		return nil
	}
	buf := append(s.pool.scratch[:0], m.MethodName()...)
	buf = append(buf, ' ')
	buf = append(buf, m.RequestURI()...)
	buf = append(buf, " SIP/2.0\r\n"...)
	for _, id := range asked {
		for i := m.First(id); i >= 0; i = m.Next(i) {
			buf = AppendField(buf, m.Name(i), m.Value(i))
		}
	}
	if offers {
		buf = append(buf, "\r\n"...)
		body := m.Body()
		buf = append(buf, body[:min(len(body), maxKept)]...)
	}
	s.pool.scratch = buf
	return s.keep(buf)
}

// AppendField appends a header field to a message.
func AppendField(buf, name, value []byte) []byte {
	buf = append(append(buf, name...), ": "...)
	return append(append(buf, value...), "\r\n"...)
}
