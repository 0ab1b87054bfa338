package record_test

import (
	"time"

	"sipspan/record"
)

func ms(d time.Duration) record.Elapsed { return record.Elapsed{D: d, Known: true} }

var (
	start = time.Date(2026, 11, 21, 9, 30, 0, 120_000_000, time.UTC).UnixNano()
	end   = time.Date(2026, 11, 21, 9, 31, 5, 1, time.UTC).UnixNano()
)

func header(id string, flags record.Flags) record.Header {
	return record.Header{
		ID: id, Sensor: "span1", Start: start, End: end, CallID: "a84b4c76e66710@pc33.atlanta.example",
		Peers: record.Peers{From: "carrier-a", To: "site-b"}, Confidence: record.Confidence{Flags: flags},
	}
}

// gap makes the program not run for a while in between.
func gap(h record.Header, d time.Duration) record.Header {
	h.Confidence.Flags |= record.Restart
	h.Confidence.Gap = ms(d)
	return h
}

// full holds a record of every kind with every member known.
func full() []record.Record {
	alice := record.Party{URI: "sip:alice@atlanta.example", Display: `Alice "A." Ångström`, Tag: "1928301774"}
	bob := record.Party{URI: "sip:bob@biloxi.example", Display: "Bob", Tag: "a6c85cf"}
	cause := &record.Cause{
		Source: "q850", Code: "17", Text: "User busy", Origin: "192.0.2.4:5060", Explanation: "The called phone was busy.", RetryAfter: 120,
		Evidence: []record.Evidence{{Time: start, What: "486 Busy Here"}, {Time: end, What: "ACK"}},
	}
	return []record.Record{
		&record.Call{
			Header: gap(header("c1", record.MidStream|record.TCPGap), 1500*time.Millisecond), Disposition: record.Answered, Status: 200, Reason: "OK", From: alice, To: bob,
			RequestURI: "sip:bob@biloxi.example;user=phone", Caller: record.Endpoint{Addr: "192.0.2.1:5060", UserAgent: "SoftPhone/1.0 (x; y)"},
			Callee: record.Endpoint{Addr: "[2001:db8::4]:5060", UserAgent: "Desk 7"}, AssertedIdentity: []string{"sip:alice@atlanta.example", "tel:+1 201"},
			Setup: ms(1234567890), SRD: ms(80 * time.Millisecond), Ring: ms(1), Duration: ms(time.Minute), SDD: ms(0),
			ReleasedBy: "callee", Challenged: true, AckMissing: true,
			Hops: []record.Hop{
				{Src: "192.0.2.1:5060", Dst: "192.0.2.2:5060", Transport: "UDP", Status: 200, Delay: ms(1500 * time.Microsecond)},
				{Src: "192.0.2.2:5060", Dst: "[2001:db8::4]:5060", Transport: "TCP", Cancelled: true},
			},
			Forks: []record.Fork{
				{ToTag: "a6c85cf", Epid: "0011", Contact: "<sip:bob@192.0.2.4;transport=tcp>", UserAgent: "Desk 7", Status: 200, Answered: true},
				{ToTag: "b7", Status: 487, Cancelled: true},
			},
			Media:    []record.Media{{Type: "audio", Codec: "PCMU", Addr: "192.0.2.1:49172", Direction: "sendrecv"}},
			Messages: 14, Retransmissions: 2, InstantMessages: 1, TypingNotices: 3, Services: []string{"call_hold", "music_on_hold"},
			ServiceEvidence: []record.ServiceEvidence{
				{Service: record.CallHold, Time: start, What: "INVITE of the callee with a=sendonly"}, {Service: record.MusicOnHold, Time: end, What: "REFER"},
			},
			Holds:   []record.Hold{{Start: start, End: end, By: "callee"}},
			Related: []record.Related{{Relation: "session_id", CallID: "x@y", Reason: "Session-ID ab30317f", Score: 0.95}, {Relation: "media", CallID: "z@y"}}, Cause: cause,
		},
		&record.Registration{
			Header: header("r1", 0), AOR: "sip:bob@biloxi.example", Contacts: []string{"<sip:bob@192.0.2.4>"}, Expires: 3600, Outcome: record.Registered,
			Status: 200, Reason: "OK", RRD: ms(20 * time.Millisecond), Challenged: true, UserAgent: "Desk 7", Src: "192.0.2.4:5060", Dst: "192.0.2.2:5060", Cause: cause,
		},
		&record.Subscription{
			Header: header("s1", record.MidStream), Event: "presence", Resource: "sip:bob@biloxi.example", Subscriber: "sip:alice@atlanta.example", Outcome: record.Active,
			State: "active", Status: 202, Reason: "Accepted", Expires: 0, Refreshes: 1, Notifies: 3, FirstNotify: ms(5 * time.Millisecond), TerminatedReason: "noresource",
			Challenged: true, Src: "192.0.2.1:5060", Dst: "192.0.2.2:5060", StateChanges: 1, NotifyFailures: 2, Piggybacked: true,
			PresenceChanges: 2,
			Presence:        &record.Presence{Entity: "pres:bob@biloxi.example", Basic: "open", Activities: []string{"on-the-phone", "busy"}, Note: "Back at 3 pm", Changes: 2, Flapping: true},
			Resources:       &record.Resources{Requested: 3, Notified: 2, States: []record.Count{{Name: "active", Value: 2}}, Basic: []record.Count{{Name: "closed", Value: 1}, {Name: "open", Value: 1}}, Changes: 4, Flapping: 1},
			Dialog:          &record.DialogState{State: "confirmed", Changes: 2}, MessagesWaiting: &record.MessagesWaiting{Waiting: true, New: 2, Old: 8, Changes: 1},
			Bindings: &record.Bindings{Active: 2, Changes: 3}, Watchers: &record.Watchers{Active: 1, Pending: 2, Changes: 1}, Conference: &record.Conference{Users: 3, Changes: 2},
			CallCompletion: "ready", ReferStatus: 200, Cause: cause,
		},
		&record.Publication{
			Header: header("p1", 0), Event: "presence", AOR: "sip:bob@biloxi.example", Outcome: record.Published, IfMatch: "kwj449x", ETag: "dx200xyz", Expires: 1800, Status: 200, Reason: "OK",
			Challenged: true, Src: "192.0.2.4:5060", Dst: "192.0.2.2:5060", Presence: &record.Presence{Entity: "pres:bob@biloxi.example", Basic: "open"}, Cause: cause,
		},
		&record.Message{
			Header: header("m1", 0), From: alice, To: bob, Status: 200, Reason: "OK", Size: 18, ContentType: "text/plain", Text: "Watson, come here.\n",
			Challenged: true, Src: "192.0.2.1:5060", Dst: "192.0.2.2:5060", Delay: ms(7 * time.Millisecond), Cause: cause,
		},
		&record.Transaction{
			Header: header("t1", 0), Method: "OPTIONS", RequestURI: "sip:biloxi.example", From: alice, To: bob, Status: 408, Reason: "Request Timeout", Delay: ms(32 * time.Second),
			Timeout: true, Challenged: true, Src: "192.0.2.1:5060", Dst: "192.0.2.2:5060", UserAgent: "SoftPhone/1.0", Cause: cause,
		},
		&record.Failure{
			Header: header("f1", 0), Method: "INVITE", RequestURI: "sip:bob@biloxi.example", From: alice, To: bob, Status: 486, Reason: "Busy Here", Origin: "192.0.2.4:5060",
			Src: "192.0.2.1:5060", Dst: "192.0.2.2:5060", Cause: cause,
		},
		&record.TLS{
			Header: header("", record.TCPGap), Src: "192.0.2.1:51000", Dst: "192.0.2.2:5061", ServerName: "sip.biloxi.example", Protocol: "sip", Version: "TLS 1.2",
			Outcome: record.TLSFailed, Decrypted: true, Subject: "CN=sip.biloxi.example", NotAfter: end, Cause: cause,
		},
		&record.Alert{
			Header: header("a1", 0), Rule: "many_failures", Type: "status_ratio", Severity: "critical", State: "firing", Labels: []record.Label{{Name: "trunk", Value: "b"}},
			Summary: "A quarter of all calls fail.", Value: 0.25, Threshold: 0.1, Baseline: 0.015, Events: 25, Of: 100,
			TopCauses: []record.Count{{Name: "503", Value: 20}, {Name: "icmp", Value: 5}}, TopPeers: []record.Count{{Name: "carrier-a", Value: 25}},
			Samples: []string{"a@b", "c@d"}, Pcap: "/var/lib/sipspan/alerts/1.pcap",
			Origin: "carrier-a", LikelyCause: "The trunk is overloaded.", LookAt: "the load of carrier-a",
			Symptoms: []record.Symptom{{
				Rule: "few_answers", Severity: "warning", State: "firing", Labels: []record.Label{{Name: "peer", Value: "b"}}, Summary: "Few calls are answered.",
				Start: start, Events: 3, Of: 40,
			}},
			Command: "sipspan failures --peer carrier-a records", RunbookURL: "https://wiki.example/alerts#many_failures", PageURL: "http://span1.example:9090/",
			PcapURL: "http://captures.example/1.pcap",
		},
		&record.Stats{
			Header: header("stats", 0), Packets: 1000, Bytes: 600000,
			Messages: record.MessageCounts{
				Total: 30, Requests: []record.Count{{Name: "ACK", Value: 9}, {Name: "INVITE", Value: 10}}, Responses: []record.Count{{Name: "200", Value: 11}},
				Transports: []record.Count{{Name: "TCP", Value: 4}, {Name: "UDP", Value: 26}},
			},
			CallIDs: 10, CallIDsExact: true, Retransmissions: 3, Malformed: []record.Count{{Name: "bad_start_line", Value: 1}}, Ignored: []record.Count{{Name: "arp", Value: 960}}, Evicted: []record.Count{{Name: "calls", Value: 3}},
			Dropped: []record.Count{{Name: "reader_queue_full", Value: 10}}, Delivered: 30, Untimed: 7, WithoutKeys: record.Servers{Servers: 1000, More: true, Busiest: "192.0.2.20:5061"}, Records: []record.Count{{Name: "call", Value: 10}}, ElapsedMS: 12.3456789,
		},
	}
}

// bare holds a record of every kind with nothing known but what is always known.
func bare() []record.Record {
	return []record.Record{
		&record.Call{}, &record.Registration{Expires: -1}, &record.Subscription{Expires: -1}, &record.Publication{Expires: -1},
		&record.Message{}, &record.Transaction{}, &record.Failure{}, &record.TLS{}, &record.Alert{}, &record.Stats{},
	}
}
