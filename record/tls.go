package record

// TLS is a TLS connection that carries or may carry SIP.
type TLS struct {
	Header
	Src, Dst   string // who opened it and to whom, as far as that shows
	ServerName string // that the client asked for (RFC 6066 section 3)
	Protocol   string // that was agreed on, or offered (RFC 7301)
	Version    string // such as "TLS 1.3"
	Outcome    TLSOutcome
	Decrypted  bool
	Subject    string // of the server's certificate
	NotAfter   int64  // when that ends, Unix nanoseconds; 0 unknown
	Cause      *Cause
}

// TLSOutcome is what became of a TLS connection.
type TLSOutcome uint8

// The outcomes.
const (
	TLSEstablished TLSOutcome = iota
	TLSFailed                 // its handshake failed
	TLSReset                  // the TCP connection was reset
	TLSUnfinished             // the capture does not show the end of its handshake
	TLSMidStream              // the capture does not hold its beginning
	NumTLSOutcomes = int(iota)
)

var tlsOutcomeNames = [NumTLSOutcomes]string{"established", "failed", "reset", "unfinished", "mid_stream"}

// String returns the name in records and metrics, such as "established".
func (o TLSOutcome) String() string { return tlsOutcomeNames[o] }

// Kind implements Record.
func (*TLS) Kind() Kind { return KindTLS }

// AppendJSON implements Record.
func (t *TLS) AppendJSON(dst []byte) []byte {
	m := members{json: append(dst, '{')}
	t.Header.write(&m, KindTLS)
	t.write(&m)
	return append(m.json, '}')
}

func (t *TLS) write(m *members) {
	m.text("src", &t.Src)
	m.text("dst", &t.Dst)
	m.text("server_name", &t.ServerName)
	m.text("protocol", &t.Protocol)
	m.text("tls_version", &t.Version)
	named(m, "outcome", &t.Outcome, tlsOutcomeNames[:])
	m.truth("decrypted", &t.Decrypted)
	if m.open("certificate", t.Subject != "" || t.NotAfter != 0) {
		m.text("subject", &t.Subject)
		m.time("not_after", &t.NotAfter)
		m.shut()
	}
	m.cause(&t.Cause)
}
