//go:build e2e

package e2e

import "fmt"

// others are registrations, presence, and requests that stand alone.
var others = []scenario{
	{
		name: "baresip", play: aliceCallsBob, users: []string{"alice", "bob"},
		besides: []expectation{`{"record":"publication","call_id":"*","aor":"sip:bob@example.org","event":"presence","outcome":"modified","status":200,"presence":{"basic":"open"},` + sure + `}`},
		records: []expectation{
			`{"record":"registration","call_id":"*","aor":"sip:bob@example.org","outcome":"registered","status":200,"challenged":true,"rrd_ms":"*","user_agent":"*","dst":"$proxy",` + sure + `}`,
			`{"record":"registration","call_id":"*","aor":"sip:bob@example.org","outcome":"unregistered","status":200,"challenged":true,` + sure + `}`,
			`{"record":"registration","call_id":"*","aor":"sip:alice@example.org","outcome":"registered","status":200,"challenged":true,"src":"$caller","dst":"$proxy",` + sure + `}`,
			`{"record":"registration","call_id":"*","aor":"sip:alice@example.org","outcome":"unregistered","status":200,"challenged":true,` + sure + `}`,
			`{"record":"publication","call_id":"*","aor":"sip:bob@example.org","event":"presence","outcome":"published","status":200,"etag":"*",` + sure + `}`,
			`{"record":"publication","call_id":"*","aor":"sip:bob@example.org","event":"presence","outcome":"modified","status":200,"etag":"*","presence":{"basic":"closed"},` + sure + `}`,
			`{"record":"publication","call_id":"*","aor":"sip:bob@example.org","event":"presence","outcome":"removed","status":200,` + sure + `}`,
			`{"record":"subscription","call_id":"*","event":"presence","resource":"sip:bob@example.org","subscriber":"sip:alice@example.org","outcome":"terminated",
			  "state":"terminated","status":200,"notifies":"*","first_notify_ms":"*","src":"$caller","dst":"$proxy",
			  "presence":{"entity":"sip:bob@example.org","basic":"closed","changes":1},` + sure + `}`,
			`{"record":"message","call_id":"*","from":{"uri":"sip:alice@example.org"},"to":{"uri":"sip:bob@example.org"},"status":200,"size_bytes":18,"text":null,` + sure + `}`,
			`{"record":"call","call_id":"*","services":["call_hold"],"disposition":"answered","status":200,"challenged":true,"released_by":"caller","setup_ms":"*","duration_ms":"*",
			  "from":{"uri":"sip:alice@example.org"},"to":{"uri":"sip:bob@example.org"},"caller":{"addr":"$caller","user_agent":"*"},"callee":{"addr":"$phone"},
			  "hops":[{"src":"$caller","dst":"$proxy","transport":"UDP","status":200},{"dst":"$phone","transport":"TCP","status":200}],` + sure + `}`,
		},
	},
	{
		name: "baresip-wrong-password", users: []string{"eve"},
		play: func(s *stage) {
			eve := startBaresip(s, account{user: "eve", addr: s.from, transport: "udp", password: "guess"})
			eve.says(s.t, "401 Unauthorized")
			eve.quits()
		},
		records: []expectation{`{"record":"registration","call_id":"*","aor":"sip:eve@example.org","outcome":"failed","status":401,"challenged":true,"src":"$caller","dst":"$proxy",` + sure + `}`},
		failure: `{"call_id":"*","method":"REGISTER","status":401,"origin":"$proxy"}`,
		cause:   `{"source":"sip","code":"401","origin":"$proxy","explanation":"*"}`,
	},

	{
		name: "wrong-password",
		play: func(s *stage) {
			s.registers("register", s.to, s.contact(s.to), "guess", 401)
		},
		records: []expectation{`{"record":"registration","call_id":"$name-register","outcome":"failed","status":401,"reason":"Unauthorized","challenged":true,
			"aor":"sip:$name@example.org","src":"$phone","dst":"$proxy","user_agent":"SIPp phone",` + sure + `}`},
		failure: `{"call_id":"$name-register","method":"REGISTER","status":401,"origin":"$proxy"}`,
		cause:   `{"source":"sip","code":"401","origin":"$proxy","explanation":"*"}`,
	},
	{
		name: "comes-and-goes",
		play: func(s *stage) {
			s.register(s.to)
			s.registers("fetch", s.to, "", "secret", 200)
			s.registers("remove", s.to, "Contact: *\nExpires: 0\n", "secret", 200)
		},
		records: []expectation{
			`{"record":"registration","call_id":"$name-fetch","outcome":"fetched","status":200,"challenged":true,"rrd_ms":"*","contacts":"*",` + sure + `}`,
			`{"record":"registration","call_id":"$name-remove","outcome":"unregistered","status":200,"challenged":true,"rrd_ms":"*",` + sure + `}`,
		},
	},
	{
		name: "register-tcp", transport: "tcp",
		play: func(s *stage) { s.register(s.to) },
	},

	{
		name: "presence",
		play: func(s *stage) {
			s.owns("publish///"+s.name, "watch///"+s.name)
			s.calls("presence", values{})
		},
		records: []expectation{
			`{"record":"publication","call_id":"publish///$name","event":"presence","aor":"sip:$name@example.org","outcome":"published","status":200,"etag":"*","expires_s":600,` + sure + `}`,
			`{"record":"publication","call_id":"publish///$name","event":"presence","aor":"sip:$name@example.org","outcome":"modified","status":200,"etag":"*","expires_s":600,` + sure + `}`,
			`{"record":"subscription","call_id":"watch///$name","event":"presence","resource":"sip:$name@example.org","subscriber":"sip:caller-$name@example.org",
			  "outcome":"terminated","state":"terminated","status":200,"expires_s":"*","notifies":4,"first_notify_ms":"*","terminated_reason":"*",
			  "src":"$caller","dst":"$proxy","presence":{"entity":"sip:$name@example.org","basic":"closed","changes":1},"cause":null,` + sure + `}`,
		},
	},
	{
		name: "fetches-presence",
		play: func(s *stage) {
			s.calls("subscribe-fetch", values{})
		},
		records: []expectation{`{"record":"subscription","event":"presence","outcome":"fetched","state":"terminated","status":200,"notifies":1,"first_notify_ms":"*",` + sure + `}`},
	},
	{
		name: "unknown-event",
		play: func(s *stage) {
			s.calls("request", values{Method: "SUBSCRIBE", User: s.callee + "@", Header: "Event: weather\nExpires: 600\n", Status: 489})
		},
		records: []expectation{`{"record":"subscription","event":"weather","outcome":"rejected","status":489,"notifies":0,"first_notify_ms":null,` + sure + `}`},
		failure: `{"method":"SUBSCRIBE","status":489,"origin":"$proxy"}`,
		cause:   `{"source":"sip","code":"489","origin":"$proxy","explanation":"*"}`,
	},
	{
		name: "stale-publication", // which RFC 3903 wants answered with 412; this Kamailio says 500
		play: func(s *stage) {
			s.calls("request", values{Method: "PUBLISH", User: s.callee + "@", Header: "Event: presence\nExpires: 600\nSIP-If-Match: long-gone\n", Status: 500})
		},
		records: []expectation{`{"record":"publication","event":"presence","outcome":"failed","status":500,"etag":null,` + sure + `}`},
		failure: `{"method":"PUBLISH","status":500,"origin":"$proxy"}`,
		cause:   `{"source":"sip","code":"500","origin":"$proxy","explanation":"*"}`,
	},

	{
		name: "message",
		play: asks(values{Method: "MESSAGE", Header: "Content-Type: text/plain\n", Body: "Watson, come here."}, 200, "OK"),
		records: []expectation{`{"record":"message","status":200,"from":{"uri":"sip:caller-$name@example.org"},"to":{"uri":"sip:$name@example.org"},"size_bytes":18,
			"content_type":"text/plain","text":null,"delay_ms":"*","src":"$caller","dst":"$proxy",` + sure + `}`},
	},
	{
		name: "message-unknown",
		play: func(s *stage) {
			s.calls("request", values{Method: "MESSAGE", User: s.callee + "@", Header: "Content-Type: text/plain\n", Body: "Anybody?", Status: 404})
		},
		records: []expectation{`{"record":"message","status":404,"size_bytes":8,"text":null,` + sure + `}`},
		failure: `{"method":"MESSAGE","status":404,"origin":"$proxy"}`,
		cause:   `{"source":"ms-diagnostics","code":"1003","origin":"proxy.example.org","explanation":"*"}`,
	},
	{
		name:    "unwanted-notify",
		play:    asks(values{Method: "NOTIFY", Header: "Event: presence\nSubscription-State: active;expires=60\n"}, 481, "Subscription Does Not Exist"),
		records: []expectation{`{"record":"subscription","event":"presence","notifies":1,"confidence":{"complete":false,"flags":["mid_stream"]}}`},
		failure: `{"method":"NOTIFY","status":481,"origin":"$phone"}`,
	},
	{
		name:    "options-phone",
		play:    asks(values{Method: "OPTIONS"}, 200, "OK"),
		records: []expectation{`{"record":"transaction","method":"OPTIONS","status":200,"delay_ms":"*","src":"$caller","dst":"$proxy",` + sure + `}`},
	},
	{
		name:    "options-proxy",
		play:    func(s *stage) { s.calls("request", values{Method: "OPTIONS", Status: 200}) },
		records: []expectation{`{"record":"transaction","method":"OPTIONS","status":200,"delay_ms":"*","src":"$caller","dst":"$proxy","cause":null,` + sure + `}`},
	},
	{
		name:    "info-refused",
		play:    asks(values{Method: "INFO"}, 501, "Not Implemented"),
		records: []expectation{`{"record":"transaction","method":"INFO","status":501,"delay_ms":"*",` + sure + `}`},
		failure: `{"method":"INFO","status":501,"origin":"$phone"}`,
		cause:   `{"source":"sip","code":"501","origin":"$phone","explanation":"*"}`,
	},
}

// asks sends one request through the proxy to a phone that answers it.
func asks(v values, status int, reason string) func(*stage) {
	return func(s *stage) {
		s.register(s.to)
		phone := s.phone("phone-replies", s.to, values{Method: v.Method, Status: status, Reason: reason})
		v.User, v.Status = s.callee+"@", status
		s.calls("request", v, phone)
	}
}

// aliceCallsBob is a morning with two real phones: bob becomes available, alice watches him, calls him, holds the line, and
// sees him go.
func aliceCallsBob(s *stage) {
	bob := startBaresip(s, account{user: "bob", addr: s.to, transport: "tcp", password: "secret", params: ";pubint=600;answermode=auto"})
	bob.says(s.t, "200 OK")
	alice := startBaresip(s, account{
		user: "alice", addr: s.from, transport: "udp", password: "secret", contacts: `"Bob" <sip:bob@example.org>;presence=p2p`,
	})
	alice.says(s.t, "200 OK")
	alice.knows("Online")

	alice.does("dial", "sip:bob@example.org")
	alice.gets("CALL_ESTABLISHED")
	bob.gets("CALL_ESTABLISHED")
	alice.does("hold", "")
	bob.gets("CALL_REMOTE_SDP")
	alice.gets("CALL_REMOTE_SDP")
	alice.does("resume", "")
	bob.gets("CALL_REMOTE_SDP")
	alice.gets("CALL_REMOTE_SDP")
	alice.does("hangup", "")
	bob.gets("CALL_CLOSED")

	alice.does("message", "Watson, come here.")
	bob.does("presence_offline", "")
	alice.knows("Offline")
	alice.quits()
	bob.quits()
}

// bulk returns a header field that makes a message so much longer.
func bulk(n int) string { return fmt.Sprintf("X-Bulk: %0*d\n", n, 0) }
