package tls

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
)

// exchange is what is kept of a handshake whose premaster secret the client may encrypt with the key of the server's certificate
// (RFC 5246 section 7.4.7.1). All of it was seen on the wire. It is kept only where there are private keys.
type exchange struct {
	first     []byte // messages of the client before the server's
	server    []byte // messages of the server
	second    []byte // messages of the client after these
	done      bool   // the server's flight is whole
	encrypted []byte // the premaster secret
	key       [32]byte
	hasKey    bool
	exchanged bool // the client has sent its part of the key exchange, of whatever kind
	certified bool // the server has sent a certificate: the session is a new one
}

// maxTranscript bounds the messages of one side that are kept.
const maxTranscript = 128 << 10

func appendTranscript(b, message []byte) []byte {
	if len(b)+len(message) > maxTranscript {
		return b
	}
	return append(b, message...)
}

// note takes a handshake message in clear.
func (x *exchange) note(fromClient bool, message []byte) {
	kind, body := message[0], message[4:]
	switch {
	case kind == clientHello:
		x.first = append([]byte(nil), message...)
		return
	case fromClient && !x.exchanged:
		x.second = appendTranscript(x.second, message)
		if kind == clientKeyExchange {
			x.exchanged = true
			c := cursor{rest: body, ok: true}
			if b := c.vector(2); c.ok && len(c.rest) == 0 {
				x.encrypted = append([]byte(nil), b...)
			}
		}
	case !fromClient && !x.done:
		x.server = appendTranscript(x.server, message)
		switch kind {
		case certificate:
			x.certified = true
			x.key, x.hasKey = publicKeyOf(firstCertificate(body, false))
		case serverHelloDone:
			x.done = true
		}
	}
}

// publicKeyOf returns the keyID of a certificate with an RSA key.
func publicKeyOf(der []byte) (id [32]byte, ok bool) {
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return id, false
	}
	p, ok := cert.PublicKey.(*rsa.PublicKey)
	if !ok {
		return id, false
	}
	return keyID(p), true
}

// complete reports whether all that the master secret depends on was seen.
func (x *exchange) complete() bool { return x.done && x.exchanged }

// session is an RSA key exchange, as later connections may refer to it to go on with the same master secret: what was seen of it
// on the wire, from which the private key makes the secret again.
type session struct {
	version      uint16
	prf          crypto.Hash
	encrypted    []byte
	clientRandom [32]byte
	serverRandom [32]byte
	transcript   []byte // hash of the messages, nil without the extended master secret (RFC 7627)
	key          [32]byte
}

// newSession returns the exchange of a negotiation.
func (n *negotiation) newSession() *session {
	x := n.exchange
	s := &session{
		version: n.version, prf: n.suite.prf, encrypted: x.encrypted, clientRandom: n.clientRandom, serverRandom: n.serverRandom, key: x.key,
	}
	if n.extendedMaster {
		s.transcript = n.transcriptHash()
	}
	return s
}

// transcriptHash returns the session hash (RFC 7627 section 3).
func (n *negotiation) transcriptHash() []byte {
	x := n.exchange
	if n.version < VersionTLS12 {
		m, s := crypto.MD5.New(), crypto.SHA1.New()
		for _, b := range [][]byte{x.first, x.server, x.second} {
			m.Write(b)
			s.Write(b)
		}
		return s.Sum(m.Sum(nil))
	}
	h := newHash(n.suite.prf)()
	for _, b := range [][]byte{x.first, x.server, x.second} {
		h.Write(b)
	}
	return h.Sum(nil)
}

// master returns the master secret of a session, with n 0 if the private key is not there or does not fit.
func (s *session) master(k *Keys) (master secret) {
	key := k.privateKey(s.key)
	if key == nil {
		return master
	}
	premaster := make([]byte, masterSize)
	defer clear(premaster)
	err := rsa.DecryptPKCS1v15SessionKey(nil, key, s.encrypted, premaster) //nolint:staticcheck // that is what the peers have used
	if err != nil {
		return master
	}
	master.n = masterSize
	if s.transcript != nil {
		prf(master.b[:], s.version, s.prf, premaster, "extended master secret", s.transcript)
	} else {
		prf(master.b[:], s.version, s.prf, premaster, "master secret", s.clientRandom[:], s.serverRandom[:])
	}
	return master
}

// sessions are the last RSA key exchanges, by what a later connection refers to them with: the hash of a session ID or ticket.
type sessions struct {
	known map[[32]byte]*session
	order [][32]byte
}

// maxSessions bounds the exchanges that are kept: somewhat more than half a kilobyte each.
const maxSessions = 4096

func (s *sessions) add(name []byte, of *session) {
	if len(name) == 0 {
		return
	}
	id := sha256.Sum256(name)
	if s.known == nil {
		s.known = map[[32]byte]*session{}
	}
	if _, ok := s.known[id]; !ok {
		if len(s.order) >= maxSessions {
			delete(s.known, s.order[0])
			s.order = s.order[1:]
		}
		s.order = append(s.order, id)
	}
	s.known[id] = of
}

func (s *sessions) find(name []byte) *session {
	if len(name) == 0 || len(s.known) == 0 {
		return nil
	}
	return s.known[sha256.Sum256(name)]
}
