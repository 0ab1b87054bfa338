package diagnose

import (
	"slices"
	"strconv"
	"strings"
)

var authTable = []Diagnosis{
	{"auth_bad_password", SIP, "a 401 or 407 to credentials that answered the challenge before it in the right realm; a 403 behind one; a 403 to credentials for a fresh challenge whose phrase names the password",
		"{event} with {status} although it carried credentials for a fresh challenge, so the user name or the password is wrong",
		"compare user name, realm {realm} and password of the device with those of the server"},
	{"auth_rejected", SIP, "a 401 or 407 to credentials whose challenge was not seen; a 403 to them whose phrase names the password",
		"{event} with {status} although it carried credentials, so user name, password or nonce is wrong",
		"compare user name, realm {realm} and password of the device with those of the server"},
	{"auth_forbidden", SIP, "a 403 to REGISTER, SUBSCRIBE or PUBLISH with credentials that answered the first challenge, with a phrase that gives no other reason",
		"{event} with {status} although it carried credentials for a fresh challenge: many servers answer a wrong user name or password so, some an account that may not do this",
		"compare user name, realm {realm} and password of the device with those of the server, then the rights of the account"},
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

// authentication reads the rounds of challenges and credentials: 401, 401, 403 is a wrong password.
func (v *view) authentication() *finding {
	status := v.c.Status
	if status != 403 && !isChallenge(status) {
		return nil
	}
	tries := v.readTries()
	last := tries[len(tries)-1]
	challenge := last // the last challenge that the sender could answer
	if len(tries) > 1 {
		challenge = tries[len(tries)-2]
	}
	f := &finding{
		code: strconv.Itoa(status), text: v.phrase(),
		values: map[string]string{"realm": quoted(orElse(last.realm, challenge.realm)), "sent": quoted(last.credentialsRealm)},
	}
	switch {
	case status == 403:
		switch {
		case !last.credentials:
			return nil
		case v.phraseHas("password", "bad auth", "auth fail", "authentication fail", "authentication error", "credential"):
			f.id = "auth_rejected"
			if len(tries) > 1 && isChallenge(challenge.status) {
				f.id = "auth_bad_password"
			}
		case v.ownPhrase():
			return nil
		case refusedCredentials(tries[:len(tries)-1]):
			f.id = "auth_bad_password"
		case len(tries) > 1 && isChallenge(challenge.status) && v.checksAccounts():
			f.id = "auth_forbidden"
		default:
			return nil
		}
	case !last.credentials:
		f.id = "auth_no_credentials"
	case last.stale, v.phraseHas("nonce"):
		f.id = "auth_stale_nonce"
	case last.realm != "" && last.credentialsRealm != "" && last.realm != last.credentialsRealm:
		f.id = "auth_wrong_realm"
	case len(tries) > 1 && challenge.nonce != "" && last.credentialsNonce != "" && challenge.nonce != last.credentialsNonce:
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
			list += strconv.Itoa(t.status)
			if t.credentials {
				list += " to credentials"
			}
		}
		f.evidence = append(f.evidence, v.saw("answers in turn: %s", list))
	}
	return f
}

// refusedCredentials reports whether one of these tries carried credentials and was challenged all the same.
func refusedCredentials(before []try) bool {
	for _, t := range before {
		if isChallenge(t.status) && t.credentials && !t.stale {
			return true
		}
	}
	return false
}

func isChallenge(status int) bool { return status == 401 || status == 407 }

// checksAccounts reports whether the request is one that a server allows to most accounts, so that a 403 to it is most often
// about the credentials. A proxy that has accepted the credentials of a call may well refuse the call.
func (v *view) checksAccounts() bool {
	switch v.c.Method {
	case "REGISTER", "SUBSCRIBE", "PUBLISH":
		return true
	}
	return false
}

// phraseHas reports whether the reason phrase names one of some things; case does not matter.
func (v *view) phraseHas(words ...string) bool {
	phrase := strings.ToLower(v.phrase())
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(phrase, word) })
}

// ownPhrase reports whether the reason phrase is more than the name of the status or words for a refusal: then it is the
// reason itself, such as "Roaming not allowed".
func (v *view) ownPhrase() bool {
	phrase := letters(v.phrase())
	for _, plain := range [...]string{"", statusName(v.c.Status), "Rejected", "Refused", "Denied", "Access denied", "Not allowed", "Permission denied", "Request denied"} {
		if phrase == letters(plain) {
			return false
		}
	}
	return true
}

func quoted(s string) string {
	if s == "" {
		return "of the server"
	}
	return "“" + clean([]byte(s)) + "”"
}
