//go:build e2e

package e2e

import "fmt"

// people are conversations between real phones.
var people = []scenario{
	{
		name: "handed-over", play: daveHandsErinOver, users: []string{"dave", "erin", "frank"},
		records: []expectation{
			registered("dave", "$caller"), unregistered("dave", "$caller"),
			registered("erin", "$phone"), unregistered("erin", "$phone"),
			registered("frank", "$phone2"), unregistered("frank", "$phone2"),
			`{"record":"call","call_id":"*","services":["transfer_unattended"],"disposition":"answered","status":200,"setup_ms":"*","duration_ms":"*","cause":null,
			  "from":{"uri":"sip:dave@example.org"},"to":{"uri":"sip:erin@example.org"},"caller":{"addr":"$caller"},"callee":{"addr":"$phone"},"released_by":"caller",
			  "hops":[{"src":"$caller","dst":"$proxy","status":200},{"src":"$proxy","dst":"$phone","status":200}],
			  "service_evidence":[{"service":"transfer_unattended"},{"service":"transfer_unattended"}],"related":[{"relation":"refers","score":"*"}],` + sure + `}`,
			`{"record":"call","call_id":"*","services":["transfer_unattended"],"disposition":"answered","status":200,"setup_ms":"*","duration_ms":"*","cause":null,
			  "from":{"uri":"sip:erin@example.org"},"to":{"uri":"sip:frank@example.org"},"caller":{"addr":"$phone"},"callee":{"addr":"$phone2"},"released_by":"caller",
			  "hops":[{"src":"$phone","dst":"$proxy","status":200},{"src":"$proxy","dst":"$phone2","status":200}],"related":[{"relation":"referred_by","score":"*"}],` + sure + `}`,
			`{"record":"subscription","call_id":"*","event":"refer","subscriber":"sip:dave@example.org","outcome":"terminated","state":"terminated","status":202,
			  "first_notify_ms":"*","refer_status":200,"src":"$caller","dst":"$proxy",` + sure + `}`,
		},
	},
}

// registered is the record of a phone that signed on, and unregistered of one that signed off.
func registered(user, addr string) expectation   { return registration(user, addr, "registered") }
func unregistered(user, addr string) expectation { return registration(user, addr, "unregistered") }

func registration(user, addr, outcome string) expectation {
	return expectation(fmt.Sprintf(`{"record":"registration","call_id":"*","aor":"sip:%s@example.org","outcome":%q,"status":200,"challenged":true,"rrd_ms":"*",
		"contacts":["*"],"src":%q,"dst":"$proxy","cause":null,%s}`, user, outcome, addr, sure))
}

// daveHandsErinOver is a blind transfer: dave calls erin, asks her phone to call frank instead, and is out of it.
func daveHandsErinOver(s *stage) {
	dave := startBaresip(s, account{user: "dave", addr: s.from, transport: "udp", password: "secret"})
	erin := startBaresip(s, account{user: "erin", addr: s.to, transport: "udp", password: "secret", params: ";answermode=auto"})
	frank := startBaresip(s, account{user: "frank", addr: s.to2(), transport: "udp", password: "secret", params: ";answermode=auto"})
	for _, phone := range []*baresip{dave, erin, frank} {
		phone.says(s.t, "200 OK")
	}
	dave.does("dial", "sip:erin@example.org")
	dave.gets("CALL_ESTABLISHED")
	erin.gets("CALL_ESTABLISHED")
	dave.does("transfer", "sip:frank@example.org")
	frank.gets("CALL_ESTABLISHED")
	dave.gets("CALL_CLOSED")
	erin.does("hangup", "")
	frank.gets("CALL_CLOSED")
	for _, phone := range []*baresip{dave, erin, frank} {
		phone.quits()
	}
}
