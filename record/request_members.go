package record

// AppendJSON implements Record.
func (r *Message) AppendJSON(dst []byte) []byte {
	m := members{json: append(dst, '{')}
	r.Header.write(&m, KindMessage)
	r.write(&m)
	return append(m.json, '}')
}

func (r *Message) write(m *members) {
	m.party("from", &r.From)
	m.party("to", &r.To)
	m.code("status", &r.Status)
	m.text("reason", &r.Reason)
	m.natural("size_bytes", &r.Size)
	m.text("content_type", &r.ContentType)
	m.text("text", &r.Text)
	m.truth("challenged", &r.Challenged)
	m.text("src", &r.Src)
	m.text("dst", &r.Dst)
	m.elapsed("delay_ms", &r.Delay)
	m.cause(&r.Cause)
}

// AppendJSON implements Record.
func (t *Transaction) AppendJSON(dst []byte) []byte {
	m := members{json: append(dst, '{')}
	t.Header.write(&m, KindTransaction)
	t.write(&m)
	return append(m.json, '}')
}

func (t *Transaction) write(m *members) {
	m.text("method", &t.Method)
	m.text("request_uri", &t.RequestURI)
	m.party("from", &t.From)
	m.party("to", &t.To)
	m.code("status", &t.Status)
	m.text("reason", &t.Reason)
	m.elapsed("delay_ms", &t.Delay)
	m.truth("timeout", &t.Timeout)
	m.truth("challenged", &t.Challenged)
	m.text("src", &t.Src)
	m.text("dst", &t.Dst)
	m.text("user_agent", &t.UserAgent)
	m.cause(&t.Cause)
}

// AppendJSON implements Record.
func (f *Failure) AppendJSON(dst []byte) []byte {
	m := members{json: append(dst, '{')}
	f.Header.write(&m, KindFailure)
	f.write(&m)
	return append(m.json, '}')
}

func (f *Failure) write(m *members) {
	m.text("method", &f.Method)
	m.code("status", &f.Status)
	m.text("reason", &f.Reason)
	m.text("origin", &f.Origin)
	m.text("request_uri", &f.RequestURI)
	m.party("from", &f.From)
	m.party("to", &f.To)
	m.text("src", &f.Src)
	m.text("dst", &f.Dst)
	m.cause(&f.Cause)
}
