package tls

import "crypto/x509"

// process takes a record, when all before it of its side were. It returns false if the record has to wait.
func (c *Conn) process(side Side, at int64, record []byte) bool {
	h, kind := &c.half[side], record[0]
	switch {
	case kind == heartbeat:
		if h.cipher != nil {
			h.seq++
		}
	case kind == applicationData && (c.is13() || !c.neg.known):
		return c.process13(side, at, record)
	case c.is13():
		if kind != changeCipherSpec && h.cipher == nil {
			c.content(side, at, kind, record[headerSize:])
		}
	case h.changed:
		return c.process12(side, at, record)
	default:
		c.content(side, at, kind, record[headerSize:])
	}
	return true
}

// is13 reports whether the connection is one of TLS 1.3, which has ChangeCipherSpec for show.
func (c *Conn) is13() bool { return c.retried || c.neg.is13() }

// content takes the content of a record, decrypted or in clear.
func (c *Conn) content(side Side, at int64, kind byte, plain []byte) {
	h := &c.half[side]
	switch kind {
	case changeCipherSpec: // of TLS 1.2 and before; the next record is protected by what was agreed on
		h.changed = true
		h.cipher, h.seq, h.dropped = nil, 0, 0
	case alertRecord:
		if len(plain) == 2 {
			c.info.alert(side, plain)
		}
	case handshakeRecord:
		h.messages.add(plain, func(m []byte) { c.message(side, m) })
	case applicationData:
		if h.cipher != nil && len(plain) > 0 {
			c.info.Decrypted = true
			c.out.Plain(side, at, plain)
		}
	}
}

// message takes a handshake message with its header.
func (c *Conn) message(side Side, m []byte) {
	kind, body := m[0], m[4:]
	h := &c.half[side]
	switch kind {
	case clientHello:
		c.clientHello(side, m)
	case serverHello:
		if hello, ok := parseServerHello(body); ok && !(c.neg.begun && side == c.client) {
			c.serverHello(side, &hello)
		}
	case encryptedExtensions:
		e := parseEncryptedExtensions(body)
		c.info.protocol(e.protocols)
		if c.early == earlyUnknown {
			c.early = earlyRejected
			if e.early {
				c.early = earlyAccepted
			}
			c.changed = true
		}
	case certificate:
		if side != c.client {
			c.info.certificate(firstCertificate(body, c.neg.is13()))
		}
	case finished:
		h.finished = true
		c.info.Finished[side] = true
	}
	if x := c.neg.exchange; x != nil && h.cipher == nil {
		complete := x.complete()
		x.note(side == c.client, m)
		if x.complete() && !complete {
			c.changed = true
		}
		if kind == newSessionTicket && side != c.client {
			c.noteTicket(body)
		}
	}
	if c.neg.is13() && h.cipher != nil {
		c.message13(side, kind, body)
	}
}

// clientHello takes a ClientHello with its header: the first one, one after a HelloRetryRequest, or one that begins a
// renegotiation.
func (c *Conn) clientHello(side Side, m []byte) {
	hello, ok := parseClientHello(m[4:])
	if !ok {
		return
	}
	if c.neg.begun && !c.neg.known && side == c.client {
		return // the answer to a HelloRetryRequest: it has the same random
	}
	if c.using {
		c.d.keys.release(&c.neg.clientRandom)
		c.using = false
	}
	known := c.neg
	c.neg = negotiation{}
	if !known.begun && known.known { // the ServerHello came first, as packets may
		c.neg = known
		c.neg.next = [2]recordCipher{}
	}
	c.client = side
	c.neg.client(&hello)
	c.secrets, c.looked = [labels]secret{}, false
	if c.d.keys != nil && c.d.keys.hasPrivate() {
		c.neg.exchange = new(exchange)
	}
	c.info.client(&hello, side)
	c.changed = true
}

// serverHello takes a ServerHello.
func (c *Conn) serverHello(side Side, hello *hello) {
	if hello.isRetry() {
		c.retried = true
		c.early = earlyRejected
		c.changed = true
		return
	}
	if c.neg.known {
		return
	}
	if !c.neg.begun {
		c.client = 1 - side
	}
	id := c.neg.server(hello)
	c.info.server(hello, id, &c.neg)
	c.changed = true
}

// Info is what was seen of a connection.
type Info struct {
	Begun       bool // a ClientHello was seen
	Answered    bool // a ServerHello was seen
	Client      Side // once Begun
	Version     uint16
	Suite       uint16
	ServerName  string   // that the client asks for (RFC 6066 section 3)
	Protocol    string   // that the server chose (RFC 7301), or the first one that the client offers
	SIP         bool     // the client offers the protocol "sip"
	Subject     string   // of the server's certificate, as far as that can be read
	NotAfter    int64    // when it ends, Unix seconds, 0 if unknown
	Decrypted   bool     // there was plaintext
	Finished    [2]bool  // by side: its Finished was decrypted
	Alerted     [2]bool  // by side: it has sent a fatal alert that could be read
	Alerts      [2]uint8 // by side: the description of that
	CloseNotify [2]bool  // by side: it has closed the connection in order
	chosen      bool
}

// Info returns what was seen up to now.
func (c *Conn) Info() *Info { return &c.info }

const maxName = 255

func (i *Info) client(h *hello, side Side) {
	i.Begun, i.Client = true, side
	if len(h.serverName) <= maxName && len(h.serverName) > 0 {
		i.ServerName = string(h.serverName)
	}
	if !i.chosen {
		i.Protocol = firstProtocol(h.protocols)
	}
	i.SIP = offers(h.protocols, "sip") || offers(h.protocols, "sip/2")
}

func (i *Info) server(h *hello, suite uint16, n *negotiation) {
	i.Answered, i.Version, i.Suite = true, n.version, suite
	if n.version < VersionTLS13 { // later ones choose under encryption
		i.Protocol, i.chosen = "", true
	}
	i.protocol(h.protocols)
}

func (i *Info) protocol(list []byte) {
	if p := firstProtocol(list); p != "" {
		i.Protocol, i.chosen = p, true
	}
}

// alert takes the content of an alert: level and description.
func (i *Info) alert(side Side, b []byte) {
	switch {
	case b[1] == 0:
		i.CloseNotify[side] = true
	case (b[0] == 2 || i.Version == VersionTLS13 && b[1] != 90) && !i.Alerted[side]:
		i.Alerted[side], i.Alerts[side] = true, b[1]
	}
}

// certificate takes the certificate of the server.
func (i *Info) certificate(der []byte) {
	if i.NotAfter != 0 || len(der) == 0 {
		return
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return
	}
	i.Subject, i.NotAfter = cert.Subject.String(), cert.NotAfter.Unix()
}
