package tls

// negotiation is what the messages in clear agree on.
type negotiation struct {
	begun          bool // the ClientHello was seen
	known          bool // the ServerHello was seen
	offers13       bool
	offersEarly    bool
	version        uint16
	suite          suite
	supported      bool
	offered        []uint16 // suites of TLS 1.3 that the client offers
	clientRandom   [32]byte
	serverRandom   [32]byte
	clientETM      bool
	clientEMS      bool
	serverETM      bool
	serverEMS      bool
	encryptThenMAC bool
	extendedMaster bool
	sessionID      []byte    // that the server gives, or accepts
	ticket         []byte    // of a session that the client offers to go on with
	exchange       *exchange // nil without private keys
	session        *session  // the RSA key exchange, or the earlier one that it goes on with
	next           [2]recordCipher
}

// client takes a ClientHello.
func (n *negotiation) client(h *hello) {
	n.begun = true
	n.offers13 = h.version >= VersionTLS13
	n.offersEarly = h.early
	n.clientETM, n.clientEMS = h.etm, h.ems
	copy(n.clientRandom[:], h.random)
	n.ticket = append([]byte(nil), h.ticket...)
	n.agree()
	n.offered = n.offered[:0]
	for c := (cursor{rest: h.suites, ok: true}); len(c.rest) >= 2 && len(n.offered) < 8; {
		if id := uint16(c.number(2)); of13(id) {
			if _, ok := suites13[id]; ok {
				n.offered = append(n.offered, id)
			}
		}
	}
}

// server takes a ServerHello that is no HelloRetryRequest.
func (n *negotiation) server(h *hello) (suiteID uint16) {
	id := uint16(h.suites[0])<<8 | uint16(h.suites[1])
	n.known = true
	n.version = h.version
	n.suite, n.supported = suiteOf(id)
	n.supported = n.supported && !h.compressed && VersionTLS10 <= n.version && n.version <= VersionTLS13 && of13(id) == (n.version == VersionTLS13)
	n.serverETM, n.serverEMS = h.etm, h.ems
	n.sessionID = append([]byte(nil), h.session...)
	copy(n.serverRandom[:], h.random)
	n.agree()
	return id
}

// agree notes what both sides want. Their messages come in either order when packets do.
func (n *negotiation) agree() {
	n.encryptThenMAC = n.clientETM && n.serverETM
	n.extendedMaster = n.clientEMS && n.serverEMS
}

// is13 reports whether TLS 1.3 was agreed on.
func (n *negotiation) is13() bool { return n.known && n.version == VersionTLS13 }
