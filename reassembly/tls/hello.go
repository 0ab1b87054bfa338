package tls

import "bytes"

// The types of handshake messages (RFC 8446 section 4, RFC 5246 section 7.4).
const (
	helloRequest        = 0
	clientHello         = 1
	serverHello         = 2
	newSessionTicket    = 4
	endOfEarlyData      = 5
	encryptedExtensions = 8
	certificate         = 11
	serverHelloDone     = 14
	clientKeyExchange   = 16
	finished            = 20
	keyUpdate           = 24
)

// The extensions that are read (IANA registry of TLS ExtensionType values).
const (
	extServerName        = 0
	extALPN              = 16
	extEncryptThenMAC    = 22
	extExtendedMaster    = 23
	extSessionTicket     = 35
	extEarlyData         = 42
	extSupportedVersions = 43
)

// cursor reads the fields of a message one after the other. What is missing reads as zero and clears ok.
type cursor struct {
	rest []byte
	ok   bool
}

func (c *cursor) take(n int) []byte {
	if n > len(c.rest) {
		c.rest, c.ok = nil, false
		return nil
	}
	b := c.rest[:n]
	c.rest = c.rest[n:]
	return b
}

// number reads an unsigned number of n bytes.
func (c *cursor) number(n int) (v int) {
	for _, x := range c.take(n) {
		v = v<<8 | int(x)
	}
	return v
}

// vector reads a vector whose length has n bytes.
func (c *cursor) vector(n int) []byte { return c.take(c.number(n)) }

// hello is what is read of a ClientHello or ServerHello. All slices are parts of the message.
type hello struct {
	version    uint16 // of a ServerHello the one that is used, of a ClientHello the highest that is offered
	random     []byte
	session    []byte // session ID
	suites     []byte // two bytes each; of a ServerHello one
	compressed bool   // a ServerHello: with a compression method
	serverName []byte
	protocols  []byte // ALPN: names with a byte of length before each
	ticket     []byte // a ClientHello: of a session to go on with
	etm, ems   bool
	early      bool
}

// retryRandom is the random of a ServerHello that is a HelloRetryRequest (RFC 8446 section 4.1.3).
var retryRandom = []byte{
	0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
	0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
}

func (h *hello) isRetry() bool { return bytes.Equal(h.random, retryRandom) }

// parseClientHello reads the body of a ClientHello (RFC 8446 section 4.1.2). It returns false if that is cut or no ClientHello.
func parseClientHello(body []byte) (h hello, ok bool) {
	c := cursor{rest: body, ok: true}
	h.version = uint16(c.number(2))
	h.random = c.take(32)
	h.session = c.vector(1)
	h.suites = c.vector(2)
	c.vector(1) // compression methods
	if !c.ok || len(h.suites)%2 != 0 {
		return hello{}, false
	}
	h.extensions(&c, func(kind int, e cursor) {
		switch kind {
		case extServerName:
			names := cursor{rest: e.vector(2), ok: true}
			if names.number(1) == 0 {
				h.serverName = names.vector(2)
			}
		case extALPN:
			h.protocols = e.vector(2)
		case extSessionTicket:
			h.ticket = e.rest
		case extSupportedVersions:
			h.version = 0
			for v := (cursor{rest: e.vector(1), ok: true}); len(v.rest) >= 2; {
				if x := uint16(v.number(2)); x <= VersionTLS13 && x > h.version { // greater ones are GREASE (RFC 8701)
					h.version = x
				}
			}
		}
	})
	return h, true
}

// parseServerHello reads the body of a ServerHello (RFC 8446 section 4.1.3).
func parseServerHello(body []byte) (h hello, ok bool) {
	c := cursor{rest: body, ok: true}
	h.version = uint16(c.number(2))
	h.random = c.take(32)
	h.session = c.vector(1)
	h.suites = c.take(2)
	h.compressed = c.number(1) != 0
	if !c.ok {
		return hello{}, false
	}
	h.extensions(&c, func(kind int, e cursor) {
		switch kind {
		case extSupportedVersions:
			h.version = uint16(e.number(2))
		case extALPN:
			h.protocols = e.vector(2)
		}
	})
	return h, true
}

// parseEncryptedExtensions reads the body of EncryptedExtensions (RFC 8446 section 4.3.1).
func parseEncryptedExtensions(body []byte) (h hello) {
	c := cursor{rest: body, ok: true}
	h.extensions(&c, func(kind int, e cursor) {
		if kind == extALPN {
			h.protocols = e.vector(2)
		}
	})
	return h
}

// extensions reads the extensions, and gives each to f as well.
func (h *hello) extensions(c *cursor, f func(kind int, e cursor)) {
	for all := (cursor{rest: c.vector(2), ok: true}); len(all.rest) > 0; {
		kind := all.number(2)
		e := cursor{rest: all.vector(2), ok: true}
		if !all.ok {
			return
		}
		switch kind {
		case extEncryptThenMAC:
			h.etm = true
		case extExtendedMaster:
			h.ems = true
		case extEarlyData:
			h.early = true
		}
		f(kind, e)
	}
}

// firstProtocol returns the first name of a list of ALPN.
func firstProtocol(list []byte) string {
	c := cursor{rest: list, ok: true}
	return string(c.vector(1))
}

// offers reports whether a list of ALPN holds a name.
func offers(list []byte, name string) bool {
	for c := (cursor{rest: list, ok: true}); len(c.rest) > 0; {
		if string(c.vector(1)) == name {
			return true
		}
	}
	return false
}

// firstCertificate returns the certificate of the sender out of the body of a Certificate message (RFC 5246 section 7.4.2,
// RFC 8446 section 4.4.2), nil if there is none.
func firstCertificate(body []byte, v13 bool) []byte {
	c := cursor{rest: body, ok: true}
	if v13 {
		c.vector(1) // context
	}
	list := cursor{rest: c.vector(3), ok: c.ok}
	cert := list.vector(3)
	if !list.ok || len(cert) == 0 {
		return nil
	}
	return cert
}
