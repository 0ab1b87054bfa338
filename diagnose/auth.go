package diagnose

import (
	"bytes"
	"strconv"
	"strings"

	"sipspan/decode/sip"
)

var authTable = []Diagnosis{
	{"auth_bad_password", SIP, "a 401 or 407 to credentials that answered the challenge before it in the right realm; a 403 to a REGISTER with such credentials, or behind a 401 or 407 to them",
		"{event} with {status} although it carried credentials for a fresh challenge, so the user name or the password is wrong",
		"compare user name, realm {realm} and password of the device with those of the server"},
	{"auth_rejected", SIP, "a 401 or 407 to credentials whose challenge was not seen; a 403 to credentials whose phrase names the password",
		"{event} with {status} although it carried credentials, so user name, password or nonce is wrong",
		"compare user name, realm {realm} and password of the device with those of the server"},
	{"auth_no_credentials", SIP, "a 401 or 407 and no further request with credentials",
		"{event} with {status} and the sender did not try again with credentials",
		"enter user name and password for realm {realm} at the device"},
	{"auth_stale_nonce", SIP, "a 401 or 407 after credentials with stale=true, or with a phrase that names the nonce",
		"{event} with {status} because the nonce it used had expired, and the sender did not try again with the new one",
		"check that the device follows stale=true, and the lifetime of the server's nonces"},
	{"auth_wrong_realm", SIP, "credentials for another realm than the challenge names",
		"{event} with {status} because its credentials are for realm {sent} and the server asks for {realm}",
		"set the realm of the device to {realm}"},
	{"auth_old_nonce", SIP, "credentials that answer another nonce than the last challenge gave",
		"{event} with {status} because its credentials answer an earlier challenge than the last one",
		"check the device, or whether several servers without common nonces share the address"},
}

// AsksTries reports whether the tries of a case with that status are asked for: it may be about credentials.
func AsksTries(status int) bool { return status == 401 || status == 407 || status == 403 }

// authentication reads the rounds of challenges and credentials: 401, 401, 403 is a wrong password.
func (v *view) authentication() *finding {
	status := v.c.Status
	if !AsksTries(status) {
		return nil
	}
	tries := v.c.Tries
	if len(tries) == 0 {
		last := ReadTry(v.request(), v.response)
		last.Status = status
		tries = []Try{last}
	}
	last := tries[len(tries)-1]
	challenge := last // the last challenge that the sender could answer
	if len(tries) > 1 {
		challenge = tries[len(tries)-2]
	}
	f := &finding{
		code: strconv.Itoa(status), text: v.phrase(),
		values: map[string]string{"realm": quoted(orElse(last.Realm, challenge.Realm)), "sent": quoted(last.CredentialsRealm)},
	}
	switch {
	case status == 403:
		switch {
		case !last.Credentials:
			return nil
		case v.refusedCredentials(tries[:len(tries)-1]):
			f.id = "auth_bad_password"
		case v.phraseHas("password"):
			f.id = "auth_rejected"
		default:
			return nil
		}
	case !last.Credentials:
		f.id = "auth_no_credentials"
	case last.Stale, v.phraseHas("nonce"):
		f.id = "auth_stale_nonce"
	case last.Realm != "" && last.CredentialsRealm != "" && last.Realm != last.CredentialsRealm:
		f.id = "auth_wrong_realm"
	case len(tries) > 1 && challenge.Nonce != "" && last.CredentialsNonce != "" && challenge.Nonce != last.CredentialsNonce:
		f.id = "auth_old_nonce"
	case len(tries) > 1:
		f.id = "auth_bad_password"
	default:
		f.id = "auth_rejected"
	}
	if len(tries) > 1 {
		list := ""
		for i, t := range tries[max(0, len(tries)-8):] {
			if i > 0 {
				list += ", "
			}
			list += strconv.Itoa(t.Status)
			if t.Credentials {
				list += " to credentials"
			}
		}
		f.evidence = append(f.evidence, v.saw("answers in turn: %s", list))
	}
	return f
}

// refusedCredentials reports whether a 403 behind these tries is about the password. Behind one challenge, only a
// registrar's is: a proxy that has accepted the credentials of a call may well refuse the call. Behind a second challenge
// of credentials any is.
func (v *view) refusedCredentials(before []Try) bool {
	challenges, answered := 0, 0
	for _, t := range before {
		if t.Status == 401 || t.Status == 407 {
			challenges++
			if t.Credentials && !t.Stale {
				answered++
			}
		}
	}
	return answered > 0 || challenges > 0 && v.c.Method == "REGISTER"
}

// phraseHas reports whether the reason phrase names something; case does not matter.
func (v *view) phraseHas(word string) bool {
	return strings.Contains(strings.ToLower(v.phrase()), word)
}

func quoted(s string) string {
	if s == "" {
		return "of the server"
	}
	return "“" + clean([]byte(s)) + "”"
}

// ReadTry reads one round from a request and the final response to it; either may be nil. Text is copied.
func ReadTry(request, response *sip.Message) (t Try) {
	if response != nil {
		t.Status = response.Status
		for _, id := range [...]sip.HeaderID{sip.HeaderWWWAuthenticate, sip.HeaderProxyAuthenticate} {
			if h := response.Header(id); h != nil {
				t.Realm, t.Nonce = authParam(h, "realm"), authParam(h, "nonce")
				t.Stale = strings.EqualFold(authParam(h, "stale"), "true")
				break
			}
		}
	}
	if request == nil {
		return t
	}
	// Each kind of challenge has its own field for the credentials; behind another status any will do.
	ids := []sip.HeaderID{sip.HeaderAuthorization, sip.HeaderProxyAuthorization}
	switch t.Status {
	case 401:
		ids = ids[:1]
	case 407:
		ids = ids[1:]
	}
	for _, id := range ids {
		if h := request.Header(id); h != nil {
			t.Credentials = true
			t.CredentialsRealm, t.CredentialsNonce = authParam(h, "realm"), authParam(h, "nonce")
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
