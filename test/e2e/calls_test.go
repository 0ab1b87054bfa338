//go:build e2e

package e2e

const (
	throughProxy = `"caller":{"addr":"$caller","user_agent":"SIPp caller"},"callee":{"addr":"$phone","user_agent":"SIPp phone"}`
	itself       = `{"src":"$proxy","dst":"$proxy","transport":"UDP","status":483}`
	sure         = `"confidence":{"complete":true,"flags":[]}`
)

// refused is a call that reaches the phone and is refused there.
func refused(v values) func(*stage) {
	return func(s *stage) {
		s.register(s.to)
		phone := s.phone("phone-refuses", s.to, v)
		s.calls("call-refused", values{Status: v.Status}, phone)
	}
}

// stopped is a call that the proxy ends.
func stopped(v values) func(*stage) {
	return func(s *stage) { s.calls("call-refused", v) }
}

func answered(v values) func(*stage) {
	return func(s *stage) {
		s.register(s.to)
		phone := s.phone("phone-answers", s.to, values{Ring: 150})
		if v.Talk == 0 {
			v.Talk = 300
		}
		s.calls("call", v, phone)
	}
}

var calls = []scenario{
	// A call that nobody answers takes longest, so it comes first.
	{
		name: "nobody-there", due: "nobody-there",
		play: func(s *stage) {
			hole := s.deaf(s.to)
			s.givesUp("call-unanswered", values{}, hole)
		},
		records: []expectation{`{"record":"call","disposition":"timeout","status":null,"setup_ms":null,"retransmissions":5,"messages":6,
			"hops":[{"src":"$caller","dst":"$phone","transport":"UDP","status":null}],` + sure + `}`},
		failure: `{"method":"INVITE","status":null}`,
		cause:   `{"source":"timeout","code":"timer_b","explanation":"*"}`,
	},

	// Calls that are answered.
	{
		name: "answered", play: answered(values{}),
		records: []expectation{`{"record":"call","services":null,"disposition":"answered","status":200,"reason":"OK","setup_ms":"*","srd_ms":"*","ring_ms":"*",
			"duration_ms":"*","sdd_ms":"*","released_by":"caller","challenged":false,"retransmissions":0,"related":null,"cause":null,` + throughProxy + `,
			"from":{"uri":"sip:caller-$name@example.org","display":"The Caller","tag":"caller"},"to":{"uri":"sip:$name@example.org","tag":"phone-$phoneip"},
			"request_uri":"sip:$name@example.org","messages":13,
			"hops":[{"src":"$caller","dst":"$proxy","transport":"UDP","status":200,"delay_ms":"*"},{"src":"$proxy","dst":"$phone","transport":"UDP","status":200,"delay_ms":"*"}],
			"forks":[{"to_tag":"phone-$phoneip","status":200,"answered":true}],
			"media":[{"type":"audio","codec":"PCMA","addr":"$phoneip:41000","direction":"sendrecv"}],` + sure + `}`},
	},
	{
		name: "answered-tcp", transport: "tcp", play: answered(values{}),
		records: []expectation{`{"record":"call","services":null,"disposition":"answered","status":200,"setup_ms":"*","duration_ms":"*","released_by":"caller","retransmissions":0,
			"hops":[{"dst":"$proxy","transport":"TCP","status":200},{"dst":"$phone","transport":"TCP","status":200}],` + sure + `}`},
	},
	{
		name: "answered-fragments", play: answered(values{Header: bulk(3000)}),
		records: []expectation{`{"record":"call","disposition":"answered","status":200,"setup_ms":"*","messages":13,
			"hops":[{"src":"$caller","dst":"$proxy","status":200},{"src":"$proxy","dst":"$phone","status":200}],` + sure + `}`},
	},
	{
		name: "answered-segments", transport: "tcp", play: answered(values{Header: bulk(9000)}),
		records: []expectation{`{"record":"call","disposition":"answered","status":200,"setup_ms":"*","messages":13,
			"hops":[{"dst":"$proxy","status":200},{"dst":"$phone","status":200}],` + sure + `}`},
	},
	{
		name: "answered-proven", caller: "carol", play: answered(values{Challenged: true, Password: "secret"}),
		records: []expectation{`{"record":"call","services":null,"disposition":"answered","status":200,"challenged":true,"setup_ms":"*","cause":null,"related":null,
			"hops":[{"src":"$caller","dst":"$proxy","status":200},{"src":"$proxy","dst":"$phone","status":200}],` + sure + `}`},
	},
	{
		name: "two-phones",
		play: func(s *stage) {
			s.register(s.to)
			s.register(s.to2())
			rings := s.phone("phone-rings", s.to, values{})
			answers := s.phone("phone-answers", s.to2(), values{Ring: 500})
			s.calls("call", values{Talk: 100}, rings, answers)
		},
		records: []expectation{`{"record":"call","services":["simultaneous_ring"],"disposition":"answered","status":200,"setup_ms":"*","callee":{"addr":"$phone2"},"cause":null,
			"hops":[{"src":"$caller","dst":"$proxy","status":200},{"src":"$proxy","dst":"*","status":"*"},{"src":"$proxy","dst":"*","status":"*"}],
			"forks":{"in any order":[{"to_tag":"phone-$phoneip","status":487,"answered":false,"cancelled":true},{"to_tag":"phone-$phone2ip","status":200,"answered":true,"cancelled":null}]},` + sure + `}`}, // which of the two rings first is theirs to settle
	},
	{
		name: "hunted",
		play: func(s *stage) {
			s.register(s.to)
			s.registerUser("second-"+s.callee, s.to2())
			busy := s.phone("phone-refuses", s.to, values{Status: 486, Reason: "Busy Here"})
			answers := s.phone("phone-answers", s.to2(), values{Ring: 100})
			s.calls("call", values{Talk: 100}, busy, answers)
		},
		records: []expectation{`{"record":"call","services":["forward_busy"],"disposition":"answered","status":200,"setup_ms":"*","callee":{"addr":"$phone2"},"cause":null,
			"hops":[{"dst":"$proxy","status":200},{"dst":"$phone","status":486},{"dst":"$phone2","status":200}],
			"forks":[{"to_tag":"phone-$phoneip","status":486,"answered":false},{"to_tag":"phone-$phone2ip","status":200,"answered":true}],` + sure + `}`},
	},

	// Calls that are not.
	{
		name: "busy", play: refused(values{Status: 486, Reason: "Busy Here", Ring: 100, Header: "Reason: Q.850;cause=17;text=\"User busy\"\n"}),
		records: []expectation{`{"record":"call","services":null,"disposition":"busy","status":486,"reason":"Busy Here","setup_ms":null,"srd_ms":"*","ring_ms":"*",` + throughProxy + `,
			"hops":[{"src":"$caller","dst":"$proxy","transport":"UDP","status":486,"delay_ms":"*"},{"src":"$proxy","dst":"$phone","transport":"UDP","status":486,"delay_ms":"*"}],
			"forks":[{"to_tag":"phone-$phoneip","status":486,"answered":false,"cancelled":null}],"duration_ms":null,"retransmissions":0,"messages":9,` + sure + `}`},
		failure: `{"method":"INVITE","status":486,"origin":"$phone"}`,
		cause: `{"source":"q850","code":"17","text":"User busy","origin":"$phone",
			"explanation":"INVITE was refused by $phone because the line is busy (Q.850 cause 17, User busy).","evidence":"*"}`,
	},
	{
		name: "declined", play: refused(values{Status: 603, Reason: "Decline", Ring: 100}),
		records: []expectation{`{"record":"call","disposition":"rejected","status":603,"reason":"Decline","hops":[{"dst":"$proxy","status":603},{"dst":"$phone","status":603}],` + sure + `}`},
		failure: `{"method":"INVITE","status":603,"origin":"$phone"}`,
		cause:   `{"source":"sip","code":"603","origin":"$phone","explanation":"*"}`,
	},
	{
		name: "away", play: refused(values{Status: 480, Reason: "Temporarily Unavailable", Ring: 100}),
		records: []expectation{`{"record":"call","disposition":"no_answer","status":480,"hops":[{"dst":"$proxy","status":480},{"dst":"$phone","status":480}],` + sure + `}`},
		failure: `{"method":"INVITE","status":480,"origin":"$phone"}`,
		cause:   `{"source":"sip","code":"480","origin":"$phone","explanation":"*"}`,
	},
	{
		name: "no-codec", play: refused(values{Status: 488, Reason: "Not Acceptable Here", Header: "Warning: 305 phone.example.org \"Incompatible media format\"\n"}),
		records: []expectation{`{"record":"call","disposition":"failed","status":488,"hops":[{"dst":"$proxy","status":488},{"dst":"$phone","status":488}],` + sure + `}`},
		failure: `{"method":"INVITE","status":488,"origin":"$phone"}`,
		cause:   `{"source":"warning","code":"305","text":"Incompatible media format","origin":"$phone","explanation":"*"}`,
	},
	{
		name: "broken-tcp", transport: "tcp", play: refused(values{Status: 500, Reason: "Server Internal Error", Header: "Reason: Q.850;cause=41;text=\"Temporary failure\"\n"}),
		records: []expectation{`{"record":"call","disposition":"failed","status":500,"hops":[{"dst":"$proxy","transport":"TCP","status":500},{"dst":"$phone","transport":"TCP","status":500}],` + sure + `}`},
		failure: `{"method":"INVITE","status":500,"origin":"$phone"}`,
		cause:   `{"source":"q850","code":"41","text":"Temporary failure","origin":"$phone","explanation":"*"}`,
	},
	{
		name: "cancelled",
		play: func(s *stage) {
			s.register(s.to)
			phone := s.phone("phone-rings", s.to, values{})
			s.calls("call-cancelled", values{}, phone)
		},
		records: []expectation{`{"record":"call","services":null,"disposition":"cancelled","status":487,"reason":"*","setup_ms":null,"ring_ms":"*","duration_ms":null,"callee":{"addr":"$phone"},
			"hops":[{"dst":"$proxy","status":487,"delay_ms":"*"},{"dst":"$phone","status":487,"delay_ms":"*"}],` + sure + `}`},
		cause: `{"source":"sip","code":"487","explanation":"INVITE was cancelled with 487 Request Terminated: the caller gave up, or the call was answered elsewhere."}`,
	},
	{
		name: "absent",
		play: func(s *stage) {
			s.register(s.to)
			phone := s.phone("phone-rings", s.to, values{})
			s.calls("call-refused", values{Status: 408}, phone)
		},
		records: []expectation{`{"record":"call","services":null,"disposition":"no_answer","status":408,"ring_ms":"*",
			"hops":[{"dst":"$proxy","status":408},{"dst":"$phone","status":487}],` + sure + `}`},
		failure: `{"method":"INVITE","status":408,"origin":"$proxy"}`,
		cause:   `{"source":"sip","code":"408","origin":"$proxy","explanation":"*"}`,
	},
	{
		name: "silent", // the phone is registered and says nothing
		play: func(s *stage) {
			s.register(s.to)
			s.deaf(s.to)
			s.calls("call-refused", values{Status: 408})
		},
		records: []expectation{`{"record":"call","disposition":"no_answer","status":408,"ring_ms":null,
			"hops":[{"dst":"$proxy","status":408},{"dst":"$phone","status":null}],` + sure + `}`},
		failure: `{"method":"INVITE","status":408,"origin":"$proxy"}`,
		cause:   `{"source":"sip","code":"408","origin":"$proxy","explanation":"*"}`,
	},
	{
		name: "refusing", // nobody listens where the phone is registered: ICMP says so
		play: func(s *stage) {
			s.register(s.to)
			s.calls("call-refused", values{Status: 408})
		},
		records: []expectation{`{"record":"call","disposition":"no_answer","status":408,"hops":[{"dst":"$proxy","status":408},{"dst":"$phone","status":null}],` + sure + `}`},
		failure: `{"method":"INVITE","status":408,"origin":"$proxy"}`,
		cause:   `{"source":"icmp","code":"port_unreachable","origin":"$phoneip","explanation":"*"}`,
	},
	{
		name: "refusing-tcp", // the same with TCP: the connection does not come about
		play: func(s *stage) {
			s.registers("register", s.to, "Contact: <sip:refusing-tcp@"+s.to+":5060;transport=tcp>\nExpires: 600\n", "secret", 200)
			s.calls("call-refused", values{Status: 477})
		},
		records: []expectation{
			`{"record":"call","disposition":"failed","status":477,"hops":[{"src":"$caller","dst":"$proxy","status":477}],` + sure + `}`,
			`{"record":"registration","call_id":"$name-register","outcome":"registered"}`,
		},
		failure: `{"method":"INVITE","status":477,"origin":"$proxy"}`,
		cause:   `{"source":"tcp","code":"refused","origin":"$phoneip","explanation":"INVITE could not be sent to $phone: the connection was refused; start the service there, or correct address and port of the next hop."}`,
	},
	{
		name: "moved", play: stopped(values{Status: 302}),
		records: []expectation{`{"record":"call","disposition":"redirected","status":302,"reason":"Moved Temporarily","setup_ms":null,"srd_ms":null,"ring_ms":null,
			"hops":[{"src":"$caller","dst":"$proxy","status":302,"delay_ms":"*"}],` + sure + `}`},
		cause: `{"source":"sip","code":"302","origin":"$proxy","explanation":"INVITE was redirected by $proxy with 302 Moved Temporarily: the call is deflected to another address."}`,
	},
	{
		name: "unknown-user", play: stopped(values{Status: 404}),
		records: []expectation{`{"record":"call","disposition":"failed","status":404,"reason":"Not Found","setup_ms":null,"srd_ms":"*","ring_ms":null,"hops":[{"src":"$caller","dst":"$proxy","status":404,"delay_ms":"*"}],` + sure + `}`},
		failure: `{"method":"INVITE","status":404,"origin":"$proxy"}`,
		cause: `{"source":"ms-diagnostics","code":"1003","text":"User does not exist","origin":"proxy.example.org",
			"explanation":"INVITE was refused by proxy.example.org because no such user exists (ms-diagnostics 1003); check the address that was dialled and that the user is enabled for SIP.","evidence":"*"}`,
	},
	{
		name: "unknown-user-tcp", transport: "tcp", play: stopped(values{Status: 404}),
		records: []expectation{`{"record":"call","disposition":"failed","status":404,"hops":[{"dst":"$proxy","transport":"TCP","status":404}],` + sure + `}`},
		failure: `{"method":"INVITE","status":404,"origin":"$proxy"}`,
		cause:   `{"source":"ms-diagnostics","code":"1003","origin":"proxy.example.org","explanation":"*"}`,
	},
	{
		name: "overloaded", play: stopped(values{Status: 503}),
		records: []expectation{`{"record":"call","disposition":"failed","status":503,"hops":[{"src":"$caller","dst":"$proxy","status":503}],` + sure + `}`},
		failure: `{"method":"INVITE","status":503,"origin":"$proxy"}`,
		cause:   `{"source":"sip","code":"503","origin":"$proxy","explanation":"*"}`,
	},
	{
		name: "no-more-hops", play: stopped(values{Status: 483, MaxForwards: usedUp}),
		records: []expectation{`{"record":"call","disposition":"failed","status":483,"hops":[{"src":"$caller","dst":"$proxy","status":483}],` + sure + `}`},
		failure: `{"method":"INVITE","status":483,"origin":"$proxy"}`,
		cause:   `{"source":"sip","code":"483","origin":"$proxy","explanation":"*"}`,
	},
	{
		name: "loop", play: stopped(values{Status: 483, MaxForwards: 5}),
		records: []expectation{`{"record":"call","disposition":"failed","status":483,
			"hops":[{"src":"$caller","dst":"$proxy","status":483},` + itself + `,` + itself + `,` + itself + `,` + itself + `,` + itself + `],` + sure + `}`},
		failure: `{"method":"INVITE","status":483,"origin":"$proxy"}`,
		cause:   `{"source":"sip","code":"483","origin":"$proxy","explanation":"*"}`,
	},
	{
		name: "call-wrong-password", caller: "mallory", play: stopped(values{Challenged: true, Password: "guess", Status: 403}),
		records: []expectation{`{"record":"call","disposition":"rejected","status":403,"reason":"Wrong Password","challenged":true,"hops":[{"src":"$caller","dst":"$proxy","status":403}],` + sure + `}`},
		failure: `{"method":"INVITE","status":403,"origin":"$proxy"}`,
		cause:   `{"source":"sip","code":"403","origin":"$proxy","explanation":"*"}`,
	},
	{
		// The capture ends before a person could have typed the password.
		name: "call-no-password", caller: "ivan", play: stopped(values{Challenged: true}),
		records: []expectation{`{"record":"call","disposition":"in_progress","status":407,"hops":[{"src":"$caller","dst":"$proxy","status":407}],"cause":null,` + sure + `}`},
	},
}
