package diagnose

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"sipspan/decode/tls"
	"sipspan/internal/wire"
	"sipspan/session/evidence"
)

var (
	phone     = netip.MustParseAddrPort("192.0.2.10:5060")
	proxy     = netip.MustParseAddrPort("192.0.2.1:5060")
	gateway   = netip.MustParseAddrPort("192.0.2.20:5060")
	publicNAT = netip.MustParseAddrPort("198.51.100.7:40000")
)

// request writes a request with the header fields and the body given.
func request(method string, lines ...string) []byte {
	return message(method+" sip:bob@example.com SIP/2.0", method, lines)
}

// response writes a response.
func response(status int, method string, lines ...string) []byte {
	return message(fmt.Sprintf("SIP/2.0 %d %s", status, statusName(status)), method, lines)
}

func message(start, method string, lines []string) []byte {
	var b strings.Builder
	b.WriteString(start + "\r\nVia: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK1\r\nFrom: <sip:alice@example.com>;tag=a\r\nCall-ID: c@192.0.2.10\r\nCSeq: 1 " + method + "\r\n")
	to := "To: <sip:bob@example.com>\r\n"
	body := ""
	for _, l := range lines {
		switch {
		case strings.HasPrefix(l, "v=0"):
			body = l
			b.WriteString("Content-Type: application/sdp\r\n")
		case strings.HasPrefix(l, "To:"):
			to = l + "\r\n"
		default:
			b.WriteString(l + "\r\n")
		}
	}
	b.WriteString(to)
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(body), body)
	return []byte(b.String())
}

// answered is a request with its final response, as a proxy gave it to a phone 20 ms later.
func answered(method string, status int, lines ...string) *sample {
	return &sample{
		Method: method, Status: status, Request: request(method), Response: response(status, method, lines...),
		Start: 1_000_000_000, End: 1_020_000_000, Src: phone, Dst: proxy, Origin: proxy,
	}
}

// sample is a case that can be changed while it is written down.
type sample evidence.Case

// with changes a case.
func (c *sample) with(change func(*sample)) *sample {
	change(c)
	return c
}

// unanswered is a request without a final response.
func unanswered(method string, wait evidence.Wait) *sample {
	return &sample{
		Method: method, Request: request(method), Start: 1_000_000_000, End: 33_000_000_000, Src: phone, Dst: proxy, Wait: wait,
	}
}

const offer = "v=0\r\no=- 1 1 IN IP4 192.168.1.5\r\ns=-\r\nc=IN IP4 192.168.1.5\r\nt=0 0\r\n" +
	"m=audio 4000 RTP/AVP 0 8 96\r\na=rtpmap:96 opus/48000/2\r\nm=video 4002 RTP/SAVP 97\r\na=rtpmap:97 H264/90000\r\n"

const challenge = `WWW-Authenticate: Digest realm="example.com", nonce="n1"`

// credentials answer a challenge with that nonce.
func credentials(nonce string) string {
	return `Authorization: Digest username="a", realm="example.com", nonce="` + nonce + `", response="x"`
}

// explained is a case with its diagnosis and, where that matters, the explanation.
type explained struct {
	id          string
	c           *sample
	explanation string
}

// cases has a case for each diagnosis that is not made from a table of numbers, with its explanation.
var cases = slices.Concat(generalCases, placeCases, reasonCases)

var generalCases = []explained{
	{"ms_hresult_C3E93D80", answered("SUBSCRIBE", 403,
		`ms-edge-proxy-message-trust: ms-source-type=EdgeProxyGenerated;ms-ep-fqdn=edge.example.com; ms-source-verified-user=verified`,
		`ms-diagnostics: 2;reason="See response code and reason phrase";source="edge.example.com"; HRESULT="C3E93D80(SIPPROXY_E_EPROUTING_MSG_INT_GET_RICH_PRESENCE_FILTERED)"`),
		"SUBSCRIBE was refused by the edge proxy edge.example.com because rich presence was filtered (HRESULT C3E93D80, SIPPROXY_E_EPROUTING_MSG_INT_GET_RICH_PRESENCE_FILTERED); add the contact so that the client subscribes for it in the form that the partner network passes."},
	{"ms_hresult_sip", answered("INVITE", 480, `ms-diagnostics: 1;source="fe.example.com";HRESULT=80EF01E6`),
		"INVITE failed at fe.example.com because it had got 486 Busy Here itself (HRESULT 80EF01E6); look at where the request went from there."},
	{"ms_hresult_other", answered("INVITE", 504, `ms-diagnostics: 1;source="edge.example.com";HRESULT="C3E93D01(SIPPROXY_E_EPROUTING_SOMETHING)"`),
		"INVITE failed at the edge proxy edge.example.com with the result C3E93D01, SIPPROXY_E_EPROUTING_SOMETHING; look at the event log of edge.example.com."},
	{"ms_gateway", answered("INVITE", 404, `ms-diagnostics: 10404;source="med.example.com";component="MediationServer";reason="Not found";SipResponseText="Unallocated"`),
		"INVITE was refused by the MediationServer med.example.com because the element behind the Mediation Server answered 404 Unallocated (ms-diagnostics 10404); look at the gateway or the server behind the Mediation Server."},
	{"ms_component", answered("INVITE", 480, `ms-diagnostics-public: 52099;reason="Something new"`),
		"INVITE failed at 192.0.2.1:5060 because the client says “Something new” (ms-diagnostics 52099); look at the event log of 192.0.2.1:5060."},
	{"ms_other", answered("INVITE", 480, `ms-client-diagnostics: 70000.3;reason="Odd"`),
		"INVITE failed at 192.0.2.1:5060 with ms-diagnostics 70000.3: “Odd”; look at the event log of 192.0.2.1:5060."},
	{"ms_partner_silent", answered("INVITE", 504, `ms-diagnostics: 1034;reason="Previous hop federated peer did not report diagnostic information";source="edge.example.com"`),
		"INVITE failed at edge.example.com and the federated partner's server did not say why (ms-diagnostics 1034); ask the partner, or look at the partner's edge server at that time."},
	{"ms_hop_silent", answered("INVITE", 500, `ms-diagnostics: 1011;source="fe.example.com"`),
		"INVITE failed at fe.example.com and the server that decided did not say why (ms-diagnostics 1011); look at the log of the server behind fe.example.com."},
	// The second field says more than the first.
	{"ms_gateway", answered("INVITE", 503, `ms-diagnostics: 1034;reason="silent";source="edge.example.com"`, `ms-diagnostics: 10003;source="med.example.com";SipResponseCode=486`),
		"INVITE failed at med.example.com because the element behind the Mediation Server answered 486 Busy Here (ms-diagnostics 10003); look at the gateway or the server behind the Mediation Server."},
	// "See response code" says nothing itself.
	{"sip_404_invite", answered("INVITE", 404, `ms-diagnostics: 2;reason="See response code and reason phrase";source="edge.example.com"`), ""},
	// A client that tells why it hung up.
	{"ms_23", &sample{Method: "BYE", Status: 200, Src: phone, Dst: proxy, Start: 1, End: 2,
		Request: request("BYE", `Ms-client-diagnostics: 23; reason="Call failed to establish due to a media connectivity failure when one endpoint is internal and the other is remote"`)},
		"The call was ended by 192.0.2.10:5060 because the media of an inside and an outside endpoint could not be connected (ms-diagnostics 23); check that both reach the A/V edge on UDP 3478 and TCP 443, and the media port range."},

	{"q850_other", answered("INVITE", 500, `Reason: Q.850;cause=126;text="vendor's own"`),
		"INVITE failed at 192.0.2.1:5060 with Q.850 cause 126, vendor's own; ask the carrier what the cause means in its network."},
	{"q850_34", answered("INVITE", 503, `Reason: SIP;cause=503, Q.850 ; cause="34" ;text="no circuit"`),
		"INVITE failed at 192.0.2.1:5060 because all circuits to the destination are taken (Q.850 cause 34, No circuit/channel available); check the load of the trunk and add channels."},
	{"reason_answered_elsewhere", answered("INVITE", 487).with(func(c *sample) {
		c.Closing = request("CANCEL", `Reason: SIP;cause=200;text="Call completed elsewhere"`)
	}), "INVITE was cancelled because the call was answered elsewhere."},
	{"reason_sip", answered("INVITE", 480, `Reason: SIP;cause=603`),
		"INVITE failed at 192.0.2.1:5060 because further on it was 603 Decline; look at the element behind 192.0.2.1:5060."},
	{"reason_text", answered("INVITE", 503, `Reason: X-SBC;cause=7;text="No licence left"`),
		"INVITE failed at 192.0.2.1:5060 with the reason “No licence left” (X-SBC 7); look at the log of 192.0.2.1:5060."},
	{"reason_preemption_5", &sample{Method: "BYE", Status: 200, Src: phone, Dst: proxy, Start: 1, Request: request("BYE", `Reason: preemption;cause=5`)},
		"The call was ended by 192.0.2.10:5060 because the network gave its resources to a call of higher priority; check the priorities and the bandwidth that is set aside, if this happens to calls that matter."},

	{"warning_other", answered("INVITE", 503, `Warning: 399 sbc.example.com "All trunks, really all, are out"`),
		"INVITE failed at 192.0.2.1:5060 with the warning “All trunks, really all, are out” (399); look at the log of 192.0.2.1:5060."},
	{"warning_305", answered("INVITE", 488, `Warning: 305 gw "Incompatible media format"`).with(func(c *sample) { c.Request = request("INVITE", offer) }),
		"INVITE was refused by 192.0.2.1:5060 because the codecs it offers are not available there (warning 305: Incompatible media format); give both sides a codec in common; offered: audio RTP/AVP PCMU, PCMA, opus; video RTP/SAVP H264."},

	{"auth_bad_password", answered("REGISTER", 403).with(func(c *sample) {
		c.Rounds = []evidence.Round{
			{Request: request("REGISTER"), Response: response(401, "REGISTER", challenge)},
			{Request: request("REGISTER", credentials("n1")), Response: response(401, "REGISTER", `WWW-Authenticate: Digest realm="example.com", nonce="n2"`)},
			{Request: request("REGISTER", credentials("n2")), Response: response(403, "REGISTER")},
		}
	}), "REGISTER was refused by 192.0.2.1:5060 with 403 Forbidden although it carried credentials for a fresh challenge, so the user name or the password is wrong; compare user name, realm “example.com” and password of the device with those of the server."},
	{"auth_bad_password", answered("INVITE", 407).with(func(c *sample) {
		c.Rounds = []evidence.Round{
			{Request: request("INVITE"), Response: response(407, "INVITE", `Proxy-Authenticate: Digest realm="example.com", nonce="n1"`)},
			{Request: request("INVITE", "Proxy-"+credentials("n1")), Response: response(407, "INVITE", `Proxy-Authenticate: Digest realm="example.com", nonce="n2"`)},
		}
	}), ""},
	{"auth_rejected", answered("REGISTER", 401, challenge).with(func(c *sample) {
		c.Request = request("REGISTER", `Authorization: Digest username="a", realm="example.com", nonce="n0", response="x"`)
	}), "REGISTER was refused by 192.0.2.1:5060 with 401 Unauthorized although it carried credentials, so user name, password or nonce is wrong; compare user name, realm “example.com” and password of the device with those of the server."},
	{"auth_no_credentials", answered("REGISTER", 401, challenge),
		"REGISTER was refused by 192.0.2.1:5060 with 401 Unauthorized and the sender did not try again with credentials; enter user name and password for realm “example.com” at the device."},
	{"auth_stale_nonce", answered("INVITE", 407, `Proxy-Authenticate: Digest realm="example.com", stale=TRUE, nonce="n2"`).with(func(c *sample) {
		c.Request = request("INVITE", `Proxy-Authorization: Digest username="a", realm="example.com", nonce="n1", response="x"`)
	}), "INVITE was refused by 192.0.2.1:5060 with 407 Proxy Authentication Required because the nonce it used had expired, and the sender did not try again with the new one; check that the device follows stale=true, and the lifetime of the server's nonces."},
	{"auth_wrong_realm", answered("REGISTER", 401, challenge).with(func(c *sample) {
		c.Request = request("REGISTER", `Authorization: Digest username="a", realm="asterisk", nonce="n0", response="x"`)
	}), "REGISTER was refused by 192.0.2.1:5060 with 401 Unauthorized because its credentials are for realm “asterisk” and the server asks for “example.com”; set the realm of the device to “example.com”."},
	{"auth_old_nonce", answered("REGISTER", 401).with(func(c *sample) {
		c.Rounds = []evidence.Round{
			{Request: request("REGISTER"), Response: response(401, "REGISTER", `WWW-Authenticate: Digest realm="example.com", nonce="n5"`)},
			{Request: request("REGISTER", credentials("n1")), Response: response(401, "REGISTER", `WWW-Authenticate: Digest realm="example.com", nonce="n6"`)},
		}
	}), "REGISTER was refused by 192.0.2.1:5060 with 401 Unauthorized because its credentials answer an earlier challenge than the last one; check the device, or whether several servers without common nonces share the address."},

	{"loop_detected", answered("INVITE", 482).with(twoHops),
		"INVITE was refused by 192.0.2.20:5060 with 482 Loop Detected: it came back to an element that it had passed, or arrived on two ways at once; check forwarding and routing of 192.0.2.1:5060 and 192.0.2.20:5060 for a loop."},
	{"loop_too_many_hops", answered("INVITE", 483).with(func(c *sample) { c.Request = request("INVITE", "Max-Forwards: 0") }),
		"INVITE was refused by 192.0.2.1:5060 with 483 Too Many Hops: its Max-Forwards ran out, which is nearly always a loop; check forwarding and routing of the servers for a loop."},
	{"loop_same_branch", unanswered("INVITE", evidence.NoResponse).with(func(c *sample) { c.Looped = true }),
		"INVITE came back to an element that it had passed, so its routing is a loop; follow the way in the evidence and correct the route that sends it back."},

	{"overload_amplified", answered("INVITE", 503).with(func(c *sample) {
		c.Retry = evidence.Retry{Next: 200 * time.Millisecond, Requests: 5, Within: 4 * time.Second}
	}),
		"INVITE failed at 192.0.2.1:5060 with 503 Service Unavailable and its sender tried again 5 times within 4 s, which makes the overload worse; let the sender wait for Retry-After or choose another server; check the load of 192.0.2.1:5060."},
	{"overload_amplified", bare("INVITE", 503).with(func(c *sample) {
		c.Origin, c.Phrase = proxy, "Busy"
		c.Retry = evidence.Retry{Next: time.Second, Requests: 3, Within: 3 * time.Second, OtherCallIDs: true}
	}), "INVITE failed at 192.0.2.1:5060 with 503 Busy and its sender tried again 3 times within 3 s under new Call-IDs, which makes the overload worse; let the sender wait for Retry-After or choose another server; check the load of 192.0.2.1:5060."},
	{"retry_after_ignored", bare("INVITE", 500).with(func(c *sample) {
		c.Retry = evidence.Retry{Next: time.Second, Requests: 1, Within: time.Second, OtherCallIDs: true, Wait: time.Minute}
	}), ""},
	{"overload_ignored", answered("REGISTER", 503, "Retry-After: 60 (maintenance)").with(func(c *sample) { c.Retry = evidence.Retry{Next: 2 * time.Second, Requests: 1} }),
		"REGISTER failed at 192.0.2.1:5060 with 503 Service Unavailable and its sender tried again after 2 s although it was told to wait 60 s; check that the sender honours Retry-After; check the load of 192.0.2.1:5060."},
	{"overload_honoured", answered("REGISTER", 503, "Retry-After: 60").with(func(c *sample) { c.Retry = evidence.Retry{Next: 61 * time.Second} }),
		"REGISTER failed at 192.0.2.1:5060 with 503 Service Unavailable because the element is overloaded or in maintenance, and asks to wait 60 s; check the load of 192.0.2.1:5060."},
	{"retry_after", answered("INVITE", 486, "Retry-After: 120;duration=60"),
		"INVITE was refused by 192.0.2.1:5060 with 486 Busy Here: the one who was called is busy; it may be tried again after 120 s; let the sender wait that long."},

	{"extension_unsupported", answered("INVITE", 420, "Unsupported: 100rel"),
		"INVITE was refused by 192.0.2.1:5060 with 420 Bad Extension because it requires 100rel, which is not supported there; take 100rel out of Require or Proxy-Require of the sender, or enable it at 192.0.2.1:5060."},
	{"extension_required", answered("INVITE", 421, "Require: timer"),
		"INVITE was refused by 192.0.2.1:5060 with 421 Extension Required because it does not support timer, which is required there; enable timer at the sender."},
	{"body_type", answered("MESSAGE", 415, "Accept: text/plain"),
		"MESSAGE was refused by 192.0.2.1:5060 with 415 Unsupported Media Type because its body is not accepted there; accepted: text/plain; let the sender use what is accepted, or enable the other at 192.0.2.1:5060."},
	{"session_interval", answered("INVITE", 422, "Min-SE: 1800;x=1").with(func(c *sample) { c.Request = request("INVITE", "Session-Expires: 90;refresher=uac") }),
		"INVITE was refused by 192.0.2.1:5060 with 422 Session Interval Too Small because its session interval of 90 s is shorter than the minimum of 1800 s; set Session-Expires of the sender to at least 1800 s."},
	{"expires_too_brief", answered("REGISTER", 423, "Min-Expires: 600").with(func(c *sample) { c.Request = request("REGISTER", "Expires: 60") }),
		"REGISTER was refused by 192.0.2.1:5060 with 423 Interval Too Brief because it asks for 60 s, less than the minimum of 600 s; set the expiry time of the device to at least 600 s."},
	{"sdp_mismatch", answered("INVITE", 488).with(func(c *sample) { c.Request = request("INVITE", offer) }),
		"INVITE was refused by 192.0.2.1:5060 with 488 Not Acceptable Here because nothing of what it offers can be used: audio RTP/AVP PCMU, PCMA, opus; video RTP/SAVP H264; give both sides a codec, a transport and an encryption in common."},
	{"sdp_change", answered("INVITE", 488).with(func(c *sample) { c.Request = request("INVITE", "To: <sip:bob@example.com>;tag=b", offer) }),
		"Re-INVITE was refused by 192.0.2.1:5060 with 488 Not Acceptable Here because the call cannot be changed to what it offers: audio RTP/AVP PCMU, PCMA, opus; video RTP/SAVP H264; the session stays as it was; compare this offer with the one that the call began with: direction, codecs, transport and encryption."},
	{"sdp_missing", answered("INVITE", 606),
		"INVITE was refused by 192.0.2.1:5060 with 606 Not Acceptable although it makes no offer, so the session itself is not acceptable; check what 192.0.2.1:5060 expects: many elements cannot make an offer themselves."},
	{"event_unsupported", answered("SUBSCRIBE", 489, "Allow-Events: presence, dialog").with(func(c *sample) { c.Request = request("SUBSCRIBE", "Event: ua-profile;x=1") }),
		"SUBSCRIBE was refused by 192.0.2.1:5060 with 489 Bad Event because the event package “ua-profile” is not supported there; supported: presence, dialog; turn the subscription off at the device, or enable the package at 192.0.2.1:5060."},
	{"method_not_allowed", answered("REFER", 405, "Allow: INVITE, ACK, BYE"),
		"REFER was refused by 192.0.2.1:5060 with 405 Method Not Allowed because the method is not allowed there; allowed: INVITE, ACK, BYE; turn the feature off that sends REFER, or allow it at 192.0.2.1:5060."},

	{"icmp_port_unreachable", event("INVITE", wire.PortUnreachable),
		"INVITE did not reach 192.0.2.1:5060: nothing listens on that port; start the service there, or correct address and port of the next hop."},
	{"icmp_host_unreachable", event("INVITE", wire.HostUnreachable), ""},
	{"icmp_net_unreachable", event("INVITE", wire.NetUnreachable), ""},
	{"icmp_prohibited", event("INVITE", wire.Prohibited),
		"INVITE did not reach 192.0.2.1:5060: a filter at 192.0.2.254 forbids it; open the firewall at 192.0.2.254 for SIP."},
	// A window that was closed for a while explains nothing by itself; one that stays closed does.
	{"timeout_request", unanswered("MESSAGE", evidence.NoResponse).with(func(c *sample) {
		c.Network = append(c.Network, toward(proxy, wire.NetworkEvent{Time: 7e9, Kind: wire.WindowClosed, Dst: proxy, Since: 3e9, Opened: true}))
	}), ""},
	{"timeout_window", unanswered("MESSAGE", evidence.NoResponse).with(func(c *sample) {
		c.Network = append(c.Network, toward(proxy, wire.NetworkEvent{Time: 7e9, Kind: wire.WindowClosed, Dst: proxy, Since: 3e9}))
	}), "MESSAGE got no final response from 192.0.2.1:5060 within 32 s: 192.0.2.1:5060 had closed its TCP window for at least 4 s, so it did not read what was sent to it; look at 192.0.2.1:5060 for a process that hangs or is overloaded."},
	{"icmp_too_big", event("INVITE", wire.TooBig), ""},
	{"icmp_time_exceeded", event("INVITE", wire.TimeExceeded), ""},
	{"icmp_other", event("INVITE", wire.OtherICMP), ""},
	{"tcp_refused", event("REGISTER", wire.ConnectionRefused),
		"REGISTER could not be sent to 192.0.2.1:5060: the connection was refused; start the service there, or correct address and port of the next hop."},
	{"tcp_reset", event("REGISTER", wire.ConnectionReset), ""},
	{"tcp_unanswered", event("REGISTER", wire.ConnectionUnanswered), ""},
	{"tls_certificate", handshake(wire.HandshakeBroken, proxy.Addr(), tls.CertificateExpired),
		"INVITE could not be sent to 192.0.2.20:5060: 192.0.2.1 did not accept the certificate of 192.0.2.20 (TLS alert “certificate expired”); check the dates, names and issuer of that certificate, and whether 192.0.2.1 trusts the issuer."},
	{"tls_parameters", handshake(wire.HandshakeBroken, gateway.Addr(), tls.ProtocolVersion),
		"INVITE could not be sent to 192.0.2.20:5060: 192.0.2.20 found no TLS version or cipher suite in common with 192.0.2.1 (TLS alert “protocol version”); compare the TLS versions and cipher suites of both; a server that misses a client certificate may say the same."},
	{"tls_name", handshake(wire.HandshakeBroken, gateway.Addr(), tls.UnrecognizedName), ""},
	{"tls_client_certificate", handshake(wire.HandshakeBroken, gateway.Addr(), tls.CertificateRequired), ""},
	{"tls_alert", handshake(wire.HandshakeBroken, gateway.Addr(), 80),
		"INVITE could not be sent to 192.0.2.20:5060: 192.0.2.20 broke the TLS handshake off (TLS alert “internal error”); look at the log of 192.0.2.20."},
	{"tls_hidden", handshake(wire.HandshakeBrokenBlind, proxy.Addr(), 0), ""},
	{"tls_closed", handshake(wire.HandshakeClosed, gateway.Addr(), 0),
		"INVITE could not be sent to 192.0.2.20:5060: 192.0.2.20 closed the connection during the TLS handshake; check that 192.0.2.20:5060 expects TLS on that port, and its certificate and log."},
	{"tls_foreign", handshake(wire.HandshakeForeign, gateway.Addr(), 0), ""},
	// The reset that follows on a failed handshake explains nothing.
	{"tls_expected", handshake(wire.HandshakeExpected, gateway.Addr(), tls.ProtocolVersion).with(func(c *sample) {
		c.Network = append(c.Network, toward(gateway, wire.NetworkEvent{Time: 7, Kind: wire.ConnectionReset, From: proxy.Addr()}))
	}), "INVITE was sent to 192.0.2.20:5060 in clear, where TLS is expected; set the transport of the next hop to TLS, or correct the port."},
	{"sctp_refused", event("INVITE", wire.AssociationRefused), ""},
	{"sctp_unanswered", event("INVITE", wire.AssociationUnanswered), ""},
	{"sctp_aborted", event("INVITE", wire.AssociationAborted),
		"INVITE to 192.0.2.1:5060 got no final response: the association was aborted by 192.0.2.254; check whether 192.0.2.254 restarted, and its log."},
	{"sctp_shutdown", event("INVITE", wire.AssociationShutdown), ""},
	{"websocket_refused", handshake(wire.WebSocketRefused, gateway.Addr(), 0).with(func(c *sample) { c.Network[0].Code = 403 }),
		"INVITE could not be sent to 192.0.2.20:5060: 192.0.2.20 refused the WebSocket handshake with HTTP status 403; check path, Origin and credentials of the client, and whether 192.0.2.20 serves the subprotocol sip there."},
	{"websocket_closed", event("INVITE", wire.WebSocketClosed).with(func(c *sample) { c.Network[0].Code = 1001 }),
		"INVITE to 192.0.2.1:5060 got no final response: 192.0.2.254 closed the WebSocket with status code 1001; look at the log of 192.0.2.254; RFC 6455 section 7.4.1 lists the status codes, and 1005 is a close without one."},
	// A proxy gives up for the sake of a hop that the network could not reach.
	{"icmp_host_unreachable", answered("INVITE", 408).with(func(c *sample) {
		c.Network = []evidence.NetworkEvent{toward(gateway, wire.NetworkEvent{Time: 5, Kind: wire.HostUnreachable, From: netip.MustParseAddr("192.0.2.254")})}
	}), "INVITE did not reach 192.0.2.20:5060: 192.0.2.254 cannot find that host; check that the host is up and its network."},

	{"timeout_invite", unanswered("INVITE", evidence.NoResponse),
		"INVITE got no response at all from 192.0.2.1:5060 within 32 s; check that 192.0.2.1:5060 is up, that it is the right next hop, and that no firewall drops SIP between them."},
	{"timeout_register", unanswered("REGISTER", evidence.NoResponse), ""},
	{"timeout_bye", unanswered("BYE", evidence.NoResponse), ""},
	{"timeout_cancel", unanswered("CANCEL", evidence.NoResponse), ""},
	{"timeout_notify", unanswered("NOTIFY", evidence.NoResponse), ""},
	{"timeout_request", unanswered("OPTIONS", evidence.NoResponse), ""},
	{"timeout_unseen", unanswered("INVITE", evidence.NoResponse).with(func(c *sample) { c.OneSided = true }),
		"INVITE to 192.0.2.1:5060 got no response that was captured, but its sender did not repeat it, so there probably was one; mirror both directions to the capturing interface."},
	{"timeout_far_hop", unanswered("INVITE", evidence.NoResponse).with(twoHops),
		"INVITE got no answer from 192.0.2.20:5060, 2 hops away; check that 192.0.2.20:5060 is up and reachable for the proxy in front of it."},
	{"timeout_no_final", unanswered("INVITE", evidence.NoFinal).with(func(c *sample) { c.Answers = 2 }),
		"INVITE got 2 provisional responses but no final response from 192.0.2.1:5060 within 32 s; look behind 192.0.2.1:5060 for what lost its connection."},
	{"timeout_no_ack", answered("INVITE", 200).with(func(c *sample) { c.Wait = evidence.NoACK }),
		"INVITE was answered but no ACK arrived, so the side that answered may end the call after 32 s; check that the caller can reach Contact and Record-Route of the answer, and the SIP ALG of routers on the way."},
	{"timeout_ack_lost", answered("INVITE", 200).with(func(c *sample) { c.Wait = evidence.ACKLost }), ""},
	{"session_expired", answered("INVITE", 200).with(func(c *sample) { c.Wait, c.Interval = evidence.NoRefresh, 1800*time.Second }),
		"The call was ended because nobody refreshed the session within 1800 s; find the side that should refresh and why its re-INVITE or UPDATE did not come through."},
	{"failure_unseen", unanswered("INVITE", evidence.UnseenFailure).with(twoHops),
		"INVITE failed at 192.0.2.20:5060, as the ACK says, but the response that said why was not captured or could not be read; see whether the capture loses packets, and whether `malformed` in the totals counts what 192.0.2.20:5060 sends."},
	{"not_renewed", answered("SUBSCRIBE", 200).with(func(c *sample) { c.Wait = evidence.NoRenewal }), ""},
	{"timeout_no_notify", answered("SUBSCRIBE", 200).with(func(c *sample) { c.Wait, c.Talk = evidence.NoNotify, 32*time.Second }), ""},

	{"register_conflict", answered("REGISTER", 200).with(func(c *sample) { c.Rivals = []netip.AddrPort{gateway} }),
		"REGISTER was replaced in turns by 192.0.2.20:5060: several devices use the same account and only the last one can be called; give each device its own account, or let the registrar keep several contacts."},

	{"nat_contact", answered("INVITE", 200, "Contact: <sip:bob@192.168.1.5:5062>").with(func(c *sample) { c.Wait, c.Origin = evidence.NoACK, publicNAT }),
		"ACK got lost, probably because it had to go to the Contact 192.168.1.5, a private address behind 198.51.100.7; let the device learn its public address (STUN, outbound, rport), or put an SBC in front of it."},
	{"nat_contact", unanswered("BYE", evidence.NoResponse).with(func(c *sample) {
		c.Src = publicNAT
		c.Request = []byte(strings.Replace(string(request("BYE", "To: <sip:b@example.com>;tag=b")), "sip:bob@example.com", "sip:bob@10.0.0.9", 1))
	}), ""},
	{"nat_media", answered("INVITE", 200).with(func(c *sample) { c.Src, c.Talk, c.Request = publicNAT, 6*time.Second, request("INVITE", offer) }),
		"The call lasted 6 s, and the caller at 198.51.100.7 asked for the media at the private address 192.168.1.5, so the caller probably heard nothing; let that device learn its public address (STUN, ICE), or relay the media; check the SIP ALG of routers on the way."},
	{"nat_media", answered("INVITE", 200, strings.ReplaceAll(offer, "192.168.1.5", "10.1.2.3")).with(func(c *sample) { c.Origin, c.Talk = publicNAT, 6*time.Second }),
		"The call lasted 6 s, and the one who was called at 198.51.100.7 asked for the media at the private address 10.1.2.3, so the one who was called probably heard nothing; let that device learn its public address (STUN, ICE), or relay the media; check the SIP ALG of routers on the way."},
	{"", answered("INVITE", 200, offer+"a=ice-ufrag:x\r\n").with(func(c *sample) { c.Origin, c.Talk = publicNAT, 6*time.Second }), ""},

	{"sip_403_register", answered("REGISTER", 403),
		"REGISTER was refused by 192.0.2.1:5060 with 403 Forbidden: the registrar does not allow it: a wrong password, a locked account or a device that is not allowed; check account, password and the registrar's access lists."},
	{"sip_486_invite", answered("INVITE", 486), "INVITE was refused by 192.0.2.1:5060 with 486 Busy Here: the one who was called is busy."},
	{"sip_487_invite", answered("INVITE", 487), "INVITE was cancelled with 487 Request Terminated: the caller gave up, or the call was answered elsewhere."},
	// A proxy that has accepted the credentials may refuse the call; that a registrar refuses them so is likely but not certain.
	{"sip_403_invite", answered("INVITE", 403).with(challengedOnce), ""},
	{"auth_forbidden", answered("REGISTER", 403).with(challengedOnce),
		"REGISTER was refused by 192.0.2.1:5060 with 403 Forbidden although it carried credentials for a fresh challenge: many servers answer a wrong user name or password so, some an account that may not do this; compare user name, realm “example.com” and password of the device with those of the server, then the rights of the account."},
	{"auth_forbidden", answered("SUBSCRIBE", 403).with(challengedOnce), ""},
	{"auth_bad_password", answered("SUBSCRIBE", 403).with(challengedOnce).with(phrased("Bad auth")), ""},
	{"auth_rejected", answered("SUBSCRIBE", 403).with(phrased("Bad auth")).with(func(c *sample) {
		c.Request = request("SUBSCRIBE", `Authorization: Digest username="a", realm="example.com", nonce="n0", response="x"`)
	}), ""},
	{"forbidden_phrase", answered("REGISTER", 403).with(challengedOnce).with(phrased("Roaming not allowed")),
		"REGISTER was refused by 192.0.2.1:5060 with 403 Roaming not allowed: it is not allowed there, for the reason that the phrase gives; check at 192.0.2.1:5060 what that phrase is sent for."},
	{"sip_302_invite", answered("INVITE", 302), "INVITE was redirected by 192.0.2.1:5060 with 302 Moved Temporarily: the call is deflected to another address."},
	{"sip_3xx", answered("INVITE", 399), ""},
	{"sip_4xx", answered("INVITE", 499), ""},
	{"sip_5xx", answered("INVITE", 599), ""},
	{"sip_6xx", answered("INVITE", 699), ""},
}

func twoHops(c *sample) {
	c.Path = []evidence.Hop{{Src: phone, Dst: proxy, Status: c.Status}, {Src: proxy, Dst: gateway, Status: c.Status}}
	c.Origin = netip.AddrPort{}
	if c.Status != 0 {
		c.Origin = gateway
	}
}

func challengedOnce(c *sample) {
	c.Rounds = []evidence.Round{
		{Request: request(c.Method), Response: response(407, c.Method, `Proxy-Authenticate: Digest realm="example.com", nonce="n1"`)},
		{Request: request(c.Method, "Proxy-"+credentials("n1")), Response: response(403, c.Method)},
	}
}

// phrased gives a case another reason phrase.
func phrased(phrase string) func(*sample) { return func(c *sample) { c.Phrase = phrase } }

// toward is a network event about a request that went there.
func toward(to netip.AddrPort, e wire.NetworkEvent) evidence.NetworkEvent {
	return evidence.NetworkEvent{NetworkEvent: e, Toward: to}
}

// handshake is an INVITE that a proxy could not pass on to a gateway over TLS.
func handshake(kind wire.NetworkKind, from netip.Addr, a tls.Alert) *sample {
	return answered("INVITE", 503).with(func(c *sample) {
		c.Network = []evidence.NetworkEvent{toward(gateway, wire.NetworkEvent{Time: 6, Kind: kind, Src: proxy, Dst: gateway, From: from, Alert: a})}
	})
}

func event(method string, kind wire.NetworkKind) *sample {
	return unanswered(method, evidence.NoResponse).with(func(c *sample) {
		c.Network = []evidence.NetworkEvent{toward(proxy, wire.NetworkEvent{Time: 2_000_000_000, Kind: kind, From: netip.MustParseAddr("192.0.2.254")})}
	})
}
