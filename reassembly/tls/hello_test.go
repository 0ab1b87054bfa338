package tls

import (
	gotls "crypto/tls"
	"testing"
)

// Whatever the body of a message is, its parsers end, and what they return lies in it.
func FuzzHello(f *testing.F) {
	p := newPair(keyPair(f, false), only(gotls.VersionTLS12, 0))
	var a assembler
	for _, k := range talk(f, p.client, p.server) {
		if k.data[0] == handshakeRecord {
			a.add(k.data[headerSize:headerSize+payloadSize(k.data)], func(m []byte) { f.Add(m[4:]) })
			a.reset()
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, parse := range []func([]byte) (hello, bool){parseClientHello, parseServerHello} {
			h, ok := parse(body)
			if !ok {
				continue
			}
			if len(h.random) != 32 || len(h.session)+len(h.suites)+len(h.serverName)+len(h.ticket) > 4*len(body) || len(h.suites)%2 != 0 {
				t.Errorf("%+v", h)
			}
			_ = firstProtocol(h.protocols)
			_ = offers(h.protocols, "sip")
		}
		_ = parseEncryptedExtensions(body)
		for _, v13 := range []bool{false, true} {
			if der := firstCertificate(body, v13); len(der) > len(body) {
				t.Errorf("a certificate of %d bytes in %d", len(der), len(body))
			}
		}
		x := exchange{}
		for kind := range byte(21) {
			message := append([]byte{kind, 0, 0, 0}, body...)
			x.note(kind%2 == 0, message)
		}
		new(Info).certificate(body)
	})
}
