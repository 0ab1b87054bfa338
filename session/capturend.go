package session

import (
	"bytes"

	"sipspan/decode/sip"
	"sipspan/record"
)

// A capture that ends after a challenge does not show whether there was a further try, and one that ends before a response
// was passed on to the sender does not show what that was told. Such a request is in progress when the capture ends.

// challenge is what tells one challenge of a request from another.
type challenge struct {
	realm uint64 // hash, 0 for none
	fresh bool   // it says by itself that credentials will do: they were stale, or the exchange has further steps (RFC 3310)
}

// challengeIn reads the challenge of a 401 or 407.
func challengeIn(v *view) challenge {
	value := v.m.Header(sip.HeaderWWWAuthenticate)
	if value == nil {
		value = v.m.Header(sip.HeaderProxyAuthenticate)
	}
	var c challenge
	realm, stale, algorithm := false, false, false // of each name the first counts
	for len(value) > 0 {
		var key, v []byte
		key, v, value = nextAuthParam(value)
		switch {
		case !realm && isAuthParam(key, "realm"):
			realm, c.realm = true, hashTag(v)
		case !stale && isAuthParam(key, "stale"):
			stale, c.fresh = true, c.fresh || isName(v, "true")
		case !algorithm && isAuthParam(key, "algorithm"):
			algorithm, c.fresh = true, c.fresh || bytes.HasPrefix(v, []byte("AKA"))
		}
	}
	return c
}

// refuses reports whether a challenge says that the credentials for the one before were wrong.
func (c challenge) refuses(before challenge) bool { return c.realm == before.realm && !c.fresh }

// mayTryAgain reports whether a request that was challenged may have been tried again after the capture ended: a person may
// have to type a password. Credentials that were refused are not sent again by themselves.
func (t *Tracker) mayTryAgain(status int, since int64, again bool, now, before challenge) bool {
	return isChallenge(status) && since < int64(t.cfg.ChallengeWait) && !(again && now.refuses(before))
}

// lastFinal returns when the last final response to the present INVITE was seen.
func (c *call) lastFinal() (last int64) {
	for i := range c.hops {
		if h := &c.hops[i]; h.attempt == c.attempt {
			last = max(last, h.final)
		}
	}
	return last
}

// openAtEnd reports whether a call without an answer was in progress when the capture ended. o is what it came to so far.
// Where the caller was not told of a failure, that is decided only when the response has been missing for longer than one
// takes.
func (t *Tracker) openAtEnd(c *call, o *hop, at int64) bool {
	switch {
	case !c.decided():
		return c.outstanding() || c.besideOthers() || o.status >= 400 && at-c.lastFinal() < int64(t.cfg.Linger)
	case !c.challenged:
		return false // the correlator knows whether it was tried again under another Call-ID
	}
	return t.mayTryAgain(o.status, at-o.final, true, c.challenge, c.formerChallenge)
}

// besideOthers reports whether the INVITE went to several places from the same point.
func (c *call) besideOthers() bool {
	n := 0
	for i := range c.hops {
		if c.atTop(&c.hops[i]) {
			n++
		}
	}
	return n > 1
}

// closeRequest writes a request that is open when the capture ends, if it is one that is written at all.
func (t *Tracker) closeRequest(r *request, at int64) {
	switch {
	case r.progress == declined && r.glared:
		t.writeGlare(r, at)
	case r.progress == declined && t.mayTryAgain(r.status, at-r.final, r.retried, r.challenge, r.formerChallenge):
		t.writeOpen(r, at)
	case r.progress == declined:
		t.complete(r, nil, at)
	case r.progress == waiting:
		x := r.bestKnown()
		if x == nil || r.wentOn(x) || at-x.final < int64(t.cfg.Linger) {
			t.writeOpen(r, at)
			return
		}
		r.status, r.final = int(x.status), x.final
		t.complete(r, nil, at)
	}
}

// writeOpen writes a request whose end the capture does not show. Nothing is said of a cause.
func (t *Tracker) writeOpen(r *request, at int64) {
	r.open = true
	switch r.role {
	case roleRegister:
		t.writeRegistration(r, nil, at, record.OutcomeInProgress)
	case rolePublish:
		t.writePublication(r, nil, at, record.OutcomeInProgress)
	case roleMessage:
		t.writeMessage(r, at)
	case roleOther:
		if t.cfg.AllTransactions {
			t.writeTransaction(r, at)
		}
	}
}
