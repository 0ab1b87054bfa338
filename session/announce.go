package session

import (
	"bytes"

	"sipspan/decode/sip"
)

// maxNonces bounds the nonces of one message that are announced.
const maxNonces = 4

// announce tells the correlator of the nonces in the given header fields of a message of a call.
func (t *Tracker) announce(c *call, v *view, what Sighting, fields ...sip.HeaderID) {
	n := 0
	for _, id := range fields {
		for i := v.m.First(id); i >= 0 && n < maxNonces; i = v.m.Next(i) {
			nonce := authParam(v.m.Value(i), "nonce")
			if len(nonce) == 0 {
				continue
			}
			n++
			nonce, from, to := clip(nonce), clip(v.m.From().URI), clip(v.m.To().URI)
			var buf [256]byte
			text := string(append(append(append(buf[:0], nonce...), from...), to...)) // one string for all three
			t.sink.Announce(max(v.at, t.now), Announcement{
				Sighting: what,
				CallID:   c.group.callID,
				Nonce:    text[:len(nonce)],
				From:     text[len(nonce) : len(nonce)+len(from)],
				To:       text[len(nonce)+len(from):],
				Time:     v.at,
				began:    c.began(),
			})
		}
	}
}

// authParam returns a parameter of a challenge or of credentials, without quotation marks (RFC 3261 section 20.7).
func authParam(value []byte, name string) []byte {
	for list := value; len(list) > 0; {
		var p []byte
		p, list = sip.NextValue(list)
		p = bytes.TrimSpace(p)
		eq := bytes.IndexByte(p, '=')
		if eq < 0 {
			continue
		}
		key := bytes.TrimSpace(p[:eq])
		if scheme := bytes.LastIndexAny(key, " \t"); scheme >= 0 {
			key = key[scheme+1:]
		}
		if !bytes.EqualFold(key, []byte(name)) {
			continue
		}
		p = bytes.TrimSpace(p[eq+1:])
		if len(p) >= 2 && p[0] == '"' && p[len(p)-1] == '"' {
			p = p[1 : len(p)-1]
		}
		return p
	}
	return nil
}
