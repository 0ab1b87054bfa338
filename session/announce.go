package session

import (
	"sipspan/decode/sip"
	"sipspan/session/link"
	"sipspan/session/value"
)

// maxNonces bounds the nonces of one message that are announced.
const maxNonces = 4

// announceNonces tells the correlator of the nonces in the given header fields of a message of a call: of a challenge, or of
// the credentials that answer one.
func (u *CallUsage) announceNonces(c *call, v *view, answer bool, fields ...sip.HeaderID) {
	n := 0
	for _, id := range fields {
		for i := v.m.First(id); i >= 0 && n < maxNonces; i = v.m.Next(i) {
			nonce := value.AuthParam(v.m.Value(i), "nonce")
			if len(nonce) == 0 {
				continue
			}
			n++
			nonce, from, to := value.Clip(nonce), value.Clip(v.m.From().URI), value.Clip(v.m.To().URI)
			var buf [256]byte
			text := string(append(append(append(buf[:0], nonce...), from...), to...)) // one string for all three
			a := link.Credentials{Nonce: text[:len(nonce)], From: text[len(nonce) : len(nonce)+len(from)], To: text[len(nonce)+len(from):]}
			if answer {
				u.Report(c.group.callID, 0, v.at, a)
			} else {
				u.Report(c.group.callID, 0, v.at, link.Challenge{Nonce: a.Nonce, From: a.From, To: a.To, Began: c.began()})
			}
		}
	}
}
