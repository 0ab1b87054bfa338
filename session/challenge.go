package session

import (
	"bytes"

	"sipspan/decode/sip"
	"sipspan/session/value"
)

// challenge is what tells one challenge of a request from another.
type challenge struct {
	realm uint64 // hash, 0 for none
	fresh bool   // it says by itself that credentials will do: they were stale, or the exchange has further steps (RFC 3310)
}

// challengeIn reads the challenge of a 401 or 407.
func challengeIn(v *view) challenge {
	list := v.m.Header(sip.HeaderWWWAuthenticate)
	if list == nil {
		list = v.m.Header(sip.HeaderProxyAuthenticate)
	}
	var c challenge
	realm, stale, algorithm := false, false, false // of each name the first counts
	for len(list) > 0 {
		var key, v []byte
		key, v, list = value.NextAuthParam(list)
		switch {
		case !realm && value.IsAuthParam(key, "realm"):
			realm, c.realm = true, value.HashTag(v)
		case !stale && value.IsAuthParam(key, "stale"):
			stale, c.fresh = true, c.fresh || value.IsName(v, "true")
		case !algorithm && value.IsAuthParam(key, "algorithm"):
			algorithm, c.fresh = true, c.fresh || bytes.HasPrefix(v, []byte("AKA"))
		}
	}
	return c
}

// refuses reports whether a challenge says that the credentials for the one before were wrong.
func (c challenge) refuses(before challenge) bool { return c.realm == before.realm && !c.fresh }

// mayTryAgain reports whether a request that was challenged may have been tried again after the capture ended: a person may
// have to type a password. Credentials that were refused are not sent again by themselves.
func (t *Table) mayTryAgain(status int, since int64, again bool, now, before challenge) bool {
	return value.IsChallenge(status) && since < int64(t.Config.ChallengeWait) && !(again && now.refuses(before))
}
