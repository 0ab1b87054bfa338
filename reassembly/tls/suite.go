package tls

import "crypto"

// bulk is the way a cipher suite protects records.
type bulk uint8

const (
	gcm bulk = iota
	ccm
	ccm8
	chacha
	cbc
)

// suite is a cipher suite, as far as it matters after the key exchange.
type suite struct {
	bulk bulk
	key  int         // bytes of the key
	mac  crypto.Hash // of CBC
	prf  crypto.Hash // of the key schedule; before TLS 1.2 it is MD5 with SHA-1
	rsa  bool        // the client encrypts the premaster secret with the key of the server's certificate
}

// of13 reports whether a number is one of TLS 1.3, which names the cipher alone.
func of13(id uint16) bool { return id>>8 == 0x13 }

// suites13 are those of TLS 1.3 (RFC 8446 appendix B.4).
var suites13 = map[uint16]suite{
	0x1301: {gcm, 16, 0, crypto.SHA256, false},
	0x1302: {gcm, 32, 0, crypto.SHA384, false},
	0x1303: {chacha, 32, 0, crypto.SHA256, false},
	0x1304: {ccm, 16, 0, crypto.SHA256, false},
	0x1305: {ccm8, 16, 0, crypto.SHA256, false},
}

// family is a cipher that many suites share.
type family struct {
	suite
	ids []uint16 // of the suites, with other key exchanges than RSA
	rsa uint16   // the one with RSA, 0 for none
}

// families are the ciphers of the suites of TLS 1.2 and before, out of the registry of IANA.
var families = [...]family{
	{suite{cbc, 16, crypto.SHA1, crypto.SHA256, false}, []uint16{
		0x0030, 0x0031, 0x0032, 0x0033, 0x0034, 0x008c, 0x0090, 0x0094, 0xc004, 0xc009, 0xc00e, 0xc013, 0xc018, 0xc01d, 0xc01e, 0xc01f, 0xc035}, 0x002f},
	{suite{cbc, 32, crypto.SHA1, crypto.SHA256, false}, []uint16{
		0x0036, 0x0037, 0x0038, 0x0039, 0x003a, 0x008d, 0x0091, 0x0095, 0xc005, 0xc00a, 0xc00f, 0xc014, 0xc019, 0xc020, 0xc021, 0xc022, 0xc036}, 0x0035},
	{suite{cbc, 16, crypto.SHA256, crypto.SHA256, false}, []uint16{
		0x003e, 0x003f, 0x0040, 0x0067, 0x006c, 0x00ae, 0x00b2, 0x00b6, 0xc023, 0xc025, 0xc027, 0xc029, 0xc037}, 0x003c},
	{suite{cbc, 32, crypto.SHA256, crypto.SHA256, false}, []uint16{0x0068, 0x0069, 0x006a, 0x006b, 0x006d}, 0x003d},
	{suite{cbc, 32, crypto.SHA384, crypto.SHA384, false}, []uint16{
		0x00af, 0x00b3, 0x00b7, 0xc024, 0xc026, 0xc028, 0xc02a, 0xc038}, 0},
	{suite{gcm, 16, 0, crypto.SHA256, false}, []uint16{
		0x009e, 0x00a0, 0x00a2, 0x00a4, 0x00a6, 0x00a8, 0x00aa, 0x00ac, 0xc02b, 0xc02d, 0xc02f, 0xc031, 0xd001}, 0x009c},
	{suite{gcm, 32, 0, crypto.SHA384, false}, []uint16{
		0x009f, 0x00a1, 0x00a3, 0x00a5, 0x00a7, 0x00a9, 0x00ab, 0x00ad, 0xc02c, 0xc02e, 0xc030, 0xc032, 0xd002}, 0x009d},
	{suite{ccm, 16, 0, crypto.SHA256, false}, []uint16{0xc09e, 0xc0a4, 0xc0a6, 0xc0ac, 0xd005}, 0xc09c},
	{suite{ccm, 32, 0, crypto.SHA256, false}, []uint16{0xc09f, 0xc0a5, 0xc0a7, 0xc0ad}, 0xc09d},
	{suite{ccm8, 16, 0, crypto.SHA256, false}, []uint16{0xc0a2, 0xc0a8, 0xc0aa, 0xc0ae, 0xd003}, 0xc0a0},
	{suite{ccm8, 32, 0, crypto.SHA256, false}, []uint16{0xc0a3, 0xc0a9, 0xc0ab, 0xc0af}, 0xc0a1},
	{suite{chacha, 32, 0, crypto.SHA256, false}, []uint16{0xcca8, 0xcca9, 0xccaa, 0xccab, 0xccac, 0xccad, 0xccae}, 0},
}

// suites12 are those of TLS 1.2 and before.
var suites12 = func() map[uint16]suite {
	all := map[uint16]suite{}
	for _, f := range families {
		for _, id := range f.ids {
			all[id] = f.suite
		}
		if f.rsa != 0 {
			s := f.suite
			s.rsa = true
			all[f.rsa] = s
		}
	}
	return all
}()

// suiteOf returns the suite with a number, false if it is not supported.
func suiteOf(id uint16) (suite, bool) {
	if of13(id) {
		s, ok := suites13[id]
		return s, ok
	}
	s, ok := suites12[id]
	return s, ok
}
