package transaction

import (
	"bytes"

	"sipspan/decode/sip"
	"sipspan/session/value"
)

// Challenge is what distinguishes the challenges of a request.
type Challenge struct {
	Realm uint64 // hash, 0 for none
	Fresh bool   // it shows by itself that credentials will be accepted: they were stale, or the exchange has further steps (RFC 3310)
}

// ChallengeIn reads the challenge of a 401 or 407.
func ChallengeIn(v *View) Challenge {
	list := v.Message.Header(sip.HeaderWWWAuthenticate)
	if list == nil {
		list = v.Message.Header(sip.HeaderProxyAuthenticate)
	}
	var c Challenge
	realm, stale, algorithm := false, false, false // of each name the first counts
	for len(list) > 0 {
		var key, v []byte
		key, v, list = value.NextAuthParam(list)
		switch {
		case !realm && value.IsAuthParam(key, "realm"):
			realm, c.Realm = true, value.HashTag(v)
		case !stale && value.IsAuthParam(key, "stale"):
			stale, c.Fresh = true, c.Fresh || value.IsName(v, "true")
		case !algorithm && value.IsAuthParam(key, "algorithm"):
			algorithm, c.Fresh = true, c.Fresh || bytes.HasPrefix(v, []byte("AKA"))
		}
	}
	return c
}

// refuses reports whether a challenge shows that the credentials for the one before were wrong.
func (c Challenge) refuses(before Challenge) bool { return c.Realm == before.Realm && !c.Fresh }
