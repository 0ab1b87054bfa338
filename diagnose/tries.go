package diagnose

import (
	"bytes"
	"strings"

	"sipspan/decode/sip"
)

// try is one round of a request that was challenged.
type try struct {
	status int    // of the final response
	realm  string // of the challenge in the response
	nonce  string // of the challenge in the response
	stale  bool   // the challenge says that only the nonce was too old

	credentials      bool   // the request carried some for whoever answered: Authorization before a 401, else Proxy-Authorization
	credentialsRealm string // their realm
	credentialsNonce string // the nonce that they answer
}

// readTries reads the rounds of the case, the last one last. Where none are kept, the request and its response are the
// only round. The result is valid until v is released.
func (v *view) readTries() []try {
	v.tries = v.tries[:0]
	for _, r := range v.c.Rounds {
		v.tries = append(v.tries, readTry(parse(&v.round[0], r.Request), parse(&v.round[1], r.Response)))
	}
	if len(v.tries) == 0 {
		only := readTry(v.request(), v.response)
		only.status = v.c.Status
		v.tries = append(v.tries, only)
	}
	return v.tries
}

// readTry reads one round from a request and the final response to it; either may be nil. Text is copied.
func readTry(request, response *sip.Message) (t try) {
	if response != nil {
		t.status = response.Status
		for _, id := range [...]sip.HeaderID{sip.HeaderWWWAuthenticate, sip.HeaderProxyAuthenticate} {
			if h := response.Header(id); h != nil {
				t.realm, t.nonce = authParam(h, "realm"), authParam(h, "nonce")
				t.stale = strings.EqualFold(authParam(h, "stale"), "true")
				break
			}
		}
	}
	if request == nil {
		return t
	}
	// Each kind of challenge has its own field for the credentials; after another status any will do.
	ids := []sip.HeaderID{sip.HeaderAuthorization, sip.HeaderProxyAuthorization}
	switch t.status {
	case 401:
		ids = ids[:1]
	case 407:
		ids = ids[1:]
	}
	for _, id := range ids {
		if h := request.Header(id); h != nil {
			t.credentials = true
			t.credentialsRealm, t.credentialsNonce = authParam(h, "realm"), authParam(h, "nonce")
			break
		}
	}
	return t
}

// authParam returns a parameter of a challenge or of credentials: scheme 1*SP name=value *( "," name=value ).
func authParam(h []byte, name string) string {
	_, list, ok := bytes.Cut(bytes.TrimSpace(h), []byte(" "))
	for ok && len(list) > 0 {
		var value []byte
		value, list = sip.NextValue(list)
		if v, found := sip.Param(value, name); found {
			return string(v)
		}
	}
	return ""
}
