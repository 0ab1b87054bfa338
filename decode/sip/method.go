package sip

// Method is a request method. The set is closed, so that it can index an array and be a metric label;
// [Message.MethodName] has the bytes of any other.
type Method uint8

// The methods known by name.
const (
	MethodOther Method = iota // any other token
	INVITE                    // RFC 3261
	ACK
	BYE
	CANCEL
	REGISTER
	OPTIONS
	SUBSCRIBE // RFC 6665
	NOTIFY
	PUBLISH    // RFC 3903
	MESSAGE    // RFC 3428
	INFO       // RFC 6086
	REFER      // RFC 3515
	UPDATE     // RFC 3311
	PRACK      // RFC 3262
	SERVICE    // Microsoft: MS-SIP, requests for contacts, settings and conferences
	BENOTIFY   // Microsoft: a NOTIFY that is not answered
	NEGOTIATE  // Microsoft: agreement on compression
	NumMethods = int(iota)
)

var methodNames = [NumMethods]string{
	"OTHER", "INVITE", "ACK", "BYE", "CANCEL", "REGISTER", "OPTIONS", "SUBSCRIBE", "NOTIFY", "PUBLISH", "MESSAGE",
	"INFO", "REFER", "UPDATE", "PRACK", "SERVICE", "BENOTIFY", "NEGOTIATE",
}

// String returns the method as it stands in a request, or "OTHER".
func (m Method) String() string {
	if int(m) >= NumMethods {
		return methodNames[MethodOther]
	}
	return methodNames[m]
}

// ParseMethod returns the method that b names. Methods are case-sensitive (RFC 3261 section 7.1): "invite" is
// MethodOther.
func ParseMethod(b []byte) Method {
	// The switch compiles into comparisons of a few machine words, without a copy of b.
	switch string(b) {
	case "INVITE":
		return INVITE
	case "ACK":
		return ACK
	case "BYE":
		return BYE
	case "CANCEL":
		return CANCEL
	case "REGISTER":
		return REGISTER
	case "OPTIONS":
		return OPTIONS
	case "SUBSCRIBE":
		return SUBSCRIBE
	case "NOTIFY":
		return NOTIFY
	case "PUBLISH":
		return PUBLISH
	case "MESSAGE":
		return MESSAGE
	case "INFO":
		return INFO
	case "REFER":
		return REFER
	case "UPDATE":
		return UPDATE
	case "PRACK":
		return PRACK
	case "SERVICE":
		return SERVICE
	case "BENOTIFY":
		return BENOTIFY
	case "NEGOTIATE":
		return NEGOTIATE
	}
	return MethodOther
}
