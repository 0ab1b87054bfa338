package session

import "testing"

func TestTransfers(t *testing.T) {
	runRelations(t, []relationTest{
		{"unattended, with Referred-By", `
			0 call c1 a>b alice bob
			5 refer c1 b h=Refer-To:<sip:carol@example.com> h=Referred-By:<sip:bob@example.com>
			5.1 bye c1 b
			5.2 call c2 a>c alice carol h=Referred-By:<sip:bob@example.com>
			9 bye c2 a`,
			"c1: transfer_unattended refers=c2(0.95)\nc2: transfer_unattended referred_by=c1(0.95)"},
		{"unattended, without Referred-By", `
			0 call c1 a>b alice bob
			5 refer c1 b h=Refer-To:sip:carol@192.0.2.3:5062
			5.1 call c2 a>c alice carol@192.0.2.3
			5.4 bye c1 b
			9 bye c2 a`,
			"c1: transfer_unattended refers=c2(0.8)\nc2: transfer_unattended referred_by=c1(0.8)"},
		{"unattended; the call that comes of it was not seen", `
			0 call c1 a>b alice bob
			5 refer c1 b h=Refer-To:<sip:carol@example.com>
			6 bye c1 b`, "c1: transfer_unattended"},
		{"the INVITE comes late, when the first call has ended", `
			0 call c1 a>b alice bob
			5 refer c1 b h=Refer-To:<sip:carol@example.com>
			5.1 bye c1 b
			12 call c2 a>c alice carol
			19 bye c2 a`,
			"c1: transfer_unattended refers=c2(0.8)\nc2: transfer_unattended referred_by=c1(0.8)"},
		{"attended: REFER with Replaces, and INVITE with Replaces", `
			0 call c1 a>b alice bob
			3 hold c1 b
			4 call c2 b>c bob carol
			6 hold c2 b
			7 refer c1 b h=Refer-To:<sip:carol@example.com?Replaces=c2%3Bto-tag%3Dt-c2%3Bfrom-tag%3Df-c2&Require=replaces>
			7.1 call c3 a>c alice carol h=Require:replaces h=Replaces:c2;to-tag=t-c2;from-tag=f-c2
			7.3 bye c2 c
			7.4 bye c1 b
			19 bye c3 a`,
			`c1: transfer_attended consultation=c2(1) refers=c3(0.8)
			 c2: transfer_attended consultation=c1(1) replaced_by=c3(1)
			 c3: transfer_attended replaces=c2(1) referred_by=c1(0.8)`},
		{"attended; the REFER was not seen", `
			0 call c2 b>c bob carol
			7.1 call c3 a>c alice carol h=Replaces:c2;to-tag=t-c2;from-tag=f-c2
			7.3 bye c2 c
			19 bye c3 a`,
			"c2: transfer_attended replaced_by=c3(1)\nc3: transfer_attended replaces=c2(1)"},
		{"REFER outside the dialog, with Target-Dialog", `
			0 call c1 a>b alice bob
			5 ask r1 b>a bob alice REFER h=Refer-To:<sip:carol@example.com> h=Target-Dialog:c1;local-tag=t-c1;remote-tag=f-c1
			5.1 call c2 a>c alice carol
			5.3 bye c1 b
			9 bye c2 a`,
			"c1: transfer_unattended refers=c2(0.8)\nc2: transfer_unattended referred_by=r1(0.8)"},
		{"unattended as it was before REFER: BYE with Also, INVITE with Requested-By", `
			0 call c1 a>b alice bob
			5 bye c1 a h=Also:<sip:carol@example.com>
			5.1 call c2 b>c bob carol h=Requested-By:<sip:alice@example.com>
			9 bye c2 b`,
			"c1: transfer_unattended requests=c2(0.95)\nc2: transfer_unattended requested_by=c1(0.95)"},
		{"attended as it was before REFER: the caller has asked carol before", `
			0 call c1 a>b alice bob
			3 hold c1 a
			4 call c2 a>c alice carol
			6 bye c2 a
			7 bye c1 a h=Also:<sip:carol@example.com>
			7.1 call c3 b>c bob carol h=Requested-By:<sip:alice@example.com>
			9 bye c3 b`,
			`c1: transfer_attended requests=c3(0.95)
			 c3: transfer_attended requested_by=c1(0.95)`},
		{"by instant message", `
			0 call c1 a>b alice bob
			4 ask m1 b>c bob carol MESSAGE
			5 call c2 c>a carol alice h=Replaces:c1;to-tag=t-c1;from-tag=f-c1
			5.1 bye c1 a
			9 bye c2 a`,
			"c1: transfer_unattended replaced_by=c2(1)\nc2: transfer_unattended replaces=c1(1)"},
		{"refused", `
			0 call c1 a>b alice bob
			5 b>a REFER 1 id=c1 from=t-c1 fromuri=sip:bob@example.com to=f-c1 touri=sip:alice@example.com h=Refer-To:<sip:carol@example.com>
			5.1 a>b 603 REFER 1 id=c1 from=t-c1 fromuri=sip:bob@example.com to=f-c1 touri=sip:alice@example.com
			5.2 call c2 a>c alice carol
			6 bye c1 b
			9 bye c2 a`, ""},
		{"attended, and the target refuses to be joined", `
			0 call c1 a>b alice bob
			3 hold c1 b
			4 call c2 b>c bob carol
			7 refer c1 b h=Refer-To:<sip:carol@example.com?Replaces=c2%3Bto-tag%3Dt-c2%3Bfrom-tag%3Df-c2>
			7.1 fail c3 a>c alice carol 481 h=Replaces:c2;to-tag=t-c2;from-tag=f-c2
			9 resume c1 b
			15 bye c2 c
			19 bye c1 a`,
			`c1: consultation=c2(1) refers=c3(0.8)
			 c2: consultation=c1(1)
			 c3: replaces=c2(1) referred_by=c1(0.8)`},
		{"attended, refused, and the call to the target is over before the first is taken back", `
			0 call c1 a>b alice bob
			3 hold c1 b
			4 call c2 b>c bob carol
			7 refer c1 b h=Refer-To:<sip:carol@example.com?Replaces=c2%3Bto-tag%3Dt-c2%3Bfrom-tag%3Df-c2>
			7.1 fail c3 a>c alice carol 481 h=Replaces:c2;to-tag=t-c2;from-tag=f-c2
			8 bye c2 c
			9 resume c1 b
			19 bye c1 a`,
			`c1: consultation_hold consultation=c2(1) refers=c3(0.8)
			 c2: consultation_hold consultation=c1(1)
			 c3: replaces=c2(1) referred_by=c1(0.8)`},
		{"unattended, the target is busy, and the two go on", `
			0 call c1 a>b alice bob
			5 refer c1 b h=Refer-To:<sip:carol@example.com>
			5.1 fail c2 a>c alice carol 486
			19 bye c1 a`,
			"c1: refers=c2(0.8)\nc2: referred_by=c1(0.8)"},
		{"unattended, the target is busy, and nobody is there any more", `
			0 call c1 a>b alice bob
			5 refer c1 b h=Refer-To:<sip:carol@example.com>
			5.2 bye c1 b
			5.3 fail c2 a>c alice carol 486`,
			"c1: transfer_unattended refers=c2(0.8)\nc2: transfer_unattended referred_by=c1(0.8)"},
		{"Replaces that the other side knows nothing of: both calls go on", `
			0 call c1 a>b alice bob
			5 call c2 c>a carol alice h=Replaces:c1;to-tag=t-c1;from-tag=f-c1
			20 bye c2 c
			90 bye c1 b`, "c1: replaced_by=c2(1)\nc2: replaces=c1(1)"},
		{"a REFER that asks for no call", `
			0 call c1 a>b alice bob
			5 refer c1 b h=Refer-To:<sip:carol@example.com;method=BYE>
			5.1 call c2 a>c alice carol
			6 bye c1 b
			9 bye c2 a`, ""},
		{"two transfers at a time, and nobody knows which call came of which", `
			0 call c1 a>b alice bob
			0 call c2 a>b alice bob
			5 refer c1 b h=Refer-To:<sip:carol@example.com>
			5.01 refer c2 b h=Refer-To:<sip:carol@example.com>
			5.1 call c3 a>c alice carol
			5.1 call c4 a>c alice carol
			6 bye c1 b
			6 bye c2 b
			9 bye c3 a
			9 bye c4 a`, "c1: transfer_unattended\nc2: transfer_unattended"},
		{"somebody else calls the target", `
			0 call c1 a>b alice bob
			5 refer c1 b h=Refer-To:<sip:carol@example.com>
			5.1 call c2 d>c dave carol
			6 bye c1 b
			9 bye c2 d`, "c1: transfer_unattended"},
	})
}

func TestHoldsBetweenCalls(t *testing.T) {
	runRelations(t, []relationTest{
		{"consultation: hold, call, end, back", `
			0 call c1 a>b alice bob
			3 hold c1 a
			4 call c2 a>c alice carol
			8 bye c2 a
			9 resume c1 a
			20 bye c1 b`,
			"c1: consultation_hold consultation=c2(0.8)\nc2: consultation_hold consultation=c1(0.8)"},
		{"consultation by who was called, who tries two", `
			0 call c1 a>b alice bob
			3 hold c1 b
			4 fail c2 b>c bob carol 486
			5 call c3 b>d bob dave
			8 bye c3 d
			9 resume c1 b
			20 bye c1 b`,
			`c1: consultation_hold consultation=c2(0.8) consultation=c3(0.8)
			 c2: consultation_hold consultation=c1(0.8)
			 c3: consultation_hold consultation=c1(0.8)`},
		{"hold without a call", `
			0 call c1 a>b alice bob
			3 hold c1 a
			9 resume c1 a
			12 call c2 a>c alice carol
			20 bye c1 b
			21 bye c2 a`, ""},
		{"two calls of one user at a time, none on hold", `
			0 call c1 a>b alice bob
			4 call c2 a>c alice carol
			8 bye c2 a
			20 bye c1 b`, ""},
		{"on hold, while the same user calls from another telephone", `
			0 call c1 a>b alice bob
			3 hold c1 a
			4 call c2 d>c alice carol
			8 bye c2 d
			9 resume c1 a
			20 bye c1 b`, ""},
		{"on hold, while the side that waits calls", `
			0 call c1 a>b alice bob
			3 hold c1 a
			4 call c2 b>c bob carol
			8 bye c2 b
			9 resume c1 a
			20 bye c1 b`, ""},
		{"a trunk where many call under one name", `
			0 call c1 a>b 100 200
			3 hold c1 a
			4 call c2 a>b 100 300
			5 call c3 a>b 100 400
			7 bye c2 a
			8 bye c3 a
			9 resume c1 a
			20 bye c1 b`, ""},
		{"never taken back", `
			0 call c1 a>b alice bob
			3 hold c1 a
			4 call c2 a>c alice carol
			8 bye c2 a
			20 bye c1 b`, ""},
		{"three parties, mixed by the telephone: both calls go on", `
			0 call c1 a>b alice bob
			3 hold c1 a
			4 call c2 a>c alice carol
			9 resume c1 a
			20 bye c2 a
			21 bye c1 a`,
			"c1: three_way_call conference=c2(0.6)\nc2: three_way_call conference=c1(0.6)"},
		{"both taken off hold at once", `
			0 call c1 a>b alice bob
			3 hold c1 a
			4 call c2 a>c alice carol
			8 hold c2 a
			9 resume c2 a
			9.2 resume c1 a
			20 bye c2 a
			21 bye c1 a`,
			"c1: three_way_call conference=c2(0.6)\nc2: three_way_call conference=c1(0.6)"},
		{"both taken off hold at once, at a line where a third is on hold", `
			0 call c0 a>d alice dave
			1 hold c0 a
			1 call c1 b>a bob alice
			3 hold c1 a
			4 call c2 c>a carol alice
			8 hold c2 a
			9 resume c2 a
			9.2 resume c1 a
			20 bye c2 a
			20 bye c1 a
			21 bye c0 a`, ""},
		{"taken off hold, and soon over", `
			0 call c1 b>a bob alice
			3 hold c1 a
			4 call c2 c>a carol alice
			8 hold c2 a
			9 resume c2 a
			9.2 resume c1 a
			9.9 bye c2 a
			20 bye c1 a`, ""},
		{"to and fro between two calls", `
			0 call c1 a>b alice bob
			3 hold c1 a
			4 call c2 a>c alice carol
			8 hold c2 a
			9 resume c1 a
			20 bye c2 a
			21 bye c1 a`, ""},
	})
}

func TestConferences(t *testing.T) {
	runRelations(t, []relationTest{
		{"the third party is added", `
			0 call c1 a>b alice bob
			3 focus c1 b
			4 call c2 b>c bob carol h=Contact:<sip:mixer-b@192.0.2.99>;isfocus
			20 bye c2 b
			21 bye c1 b`,
			"c1: three_way_call conference=c2(0.9)\nc2: three_way_call conference=c1(0.9)"},
		{"the third party joins", `
			0 call c1 a>b alice bob
			4 call c2 c>b carol bob h=Join:c1;to-tag=t-c1;from-tag=f-c1
			20 bye c2 b
			21 bye c1 b`,
			"c1: three_way_call joined_by=c2(1)\nc2: three_way_call joins=c1(1)"},
		{"the third party is not let in", `
			0 call c1 a>b alice bob
			4 fail c2 c>b carol bob 603 h=Join:c1;to-tag=t-c1;from-tag=f-c1
			21 bye c1 b`, "c2: joins=c1(1)"},
		{"the third party waits in vain", `
			0 call c1 a>b alice bob
			4 ring c2 c>b carol bob h=Join:c1;to-tag=t-c1;from-tag=f-c1
			9 cancel c2
			21 bye c1 b`, "c2: joins=c1(1)"},
		{"the third party joins a call that was not seen", `
			4 call c2 c>b carol bob h=Join:gone;to-tag=t;from-tag=f
			21 bye c2 b`, "c2: joins=gone(0.9)"},
		{"the focus transfers who is left", `
			0 call c1 a>b alice bob
			3 focus c1 b
			4 refer c1 b h=Refer-To:<sip:carol@example.com>
			4.1 call c2 a>c alice carol
			4.2 bye c1 b
			21 bye c2 a`,
			"c1: transfer_unattended refers=c2(0.8)\nc2: transfer_unattended referred_by=c1(0.8)"},
		{"somebody is asked to join a conference", `
			0 call c1 a>b alice bob
			4 refer c1 b h=Refer-To:<sip:room@example.com>;isfocus
			4.1 call c2 a>m alice room
			20 bye c2 a
			21 bye c1 b`, "c1: refers=c2(0.8)\nc2: referred_by=c1(0.8)"},
		{"a call becomes a conference of five", `
			0 call c1 a>b alice bob
			3 focus c1 b
			4 call c2 b>c bob carol h=Contact:<sip:mixer-b@192.0.2.99>;isfocus
			5 call c3 b>d bob dave h=Contact:<sip:mixer-b@192.0.2.99>;isfocus
			6 call c4 b>e bob eve h=Contact:<sip:mixer-b@192.0.2.99>;isfocus
			20 bye c4 b
			20 bye c3 b
			20 bye c2 b
			21 bye c1 b`,
			"c1: conference=c2(0.9) conference=c3(0.9)\nc2: conference=c1(0.9) conference=c3(0.9)\nc3: conference=c1(0.9) conference=c2(0.9)"},
		{"a conference server", `
			0 call c1 a>b alice room h=Contact:<sip:room@192.0.2.99>;isfocus
			0 call c2 a>c alice room h=Contact:<sip:room@192.0.2.99>;isfocus
			20 bye c2 a
			21 bye c1 a`, ""},
		{"a conference is asked to call somebody", `
			0 call c1 a>b alice bob
			3 focus c1 b
			4 refer c1 a h=Refer-To:<sip:carol@example.com>
			4.1 call c2 b>c bob carol h=Referred-By:<sip:alice@example.com>
			20 bye c2 b
			21 bye c1 b`,
			"c1: refers=c2(0.95)\nc2: referred_by=c1(0.95)"},
	})
}

func TestServersAndPickups(t *testing.T) {
	const replaces = "h=Refer-To:<sip:alice@example.com?Replaces=c1%3Bfrom-tag%3Dt-c1%3Bto-tag%3Df-c1&Require=replaces> h=Referred-By:<sip:bob@example.com>"
	runRelations(t, []relationTest{
		{"music on hold, and back", `
			0 call c1 a>b alice bob
			3 hold c1 b
			4 ask r1 b>m bob music REFER ` + replaces + `
			4.1 call c2 m>a music alice h=Replaces:c1;from-tag=t-c1;to-tag=f-c1 h=Referred-By:<sip:bob@example.com>
			4.2 bye c1 a
			30 call c3 b>a bob alice h=Replaces:c2;from-tag=f-c2;to-tag=t-c2
			30.1 bye c2 a
			40 bye c3 a`,
			`c1: music_on_hold replaced_by=c2(1)
			 c2: music_on_hold replaces=c1(1) replaced_by=c3(1) referred_by=r1(0.95)
			 c3: music_on_hold replaces=c2(1)`},
		{"parked, and picked up by somebody else", `
			0 call c1 a>b alice bob
			4 ask r1 b>m bob park REFER ` + replaces + `
			4.1 call c2 m>a park alice h=Replaces:c1;from-tag=t-c1;to-tag=f-c1 h=Referred-By:<sip:bob@example.com>
			4.2 bye c1 a
			29 ask s1 c>m carol park SUBSCRIBE h=Event:dialog h=Expires:0
			30 call c3 c>a carol alice h=Replaces:c2;from-tag=f-c2;to-tag=t-c2
			30.1 bye c2 a
			40 bye c3 a`,
			`c1: call_park replaced_by=c2(1)
			 c2: call_park replaces=c1(1) replaced_by=c3(1) referred_by=r1(0.95)
			 c3: call_park replaces=c2(1)`},
		{"parked while on hold: who takes it tells", `
			0 call c1 a>b alice bob
			3 hold c1 b
			4 ask r1 b>m bob park REFER ` + replaces + `
			4.1 call c2 m>a park alice h=Replaces:c1;from-tag=t-c1;to-tag=f-c1
			6 call c3 c>a carol alice h=Replaces:c2;from-tag=f-c2;to-tag=t-c2
			6.1 bye c2 a
			6.2 bye c1 a
			40 bye c3 a`,
			`c1: call_park replaced_by=c2(1)
			 c2: call_park replaces=c1(1) replaced_by=c3(1) referred_by=r1(0.8)
			 c3: call_park replaces=c2(1)`},
		{"picked up while it rings", `
			0 ring c1 a>b alice bob
			2 ask s1 d>b dave bob SUBSCRIBE h=Event:dialog h=Expires:0
			3 call c2 d>a dave alice h=Replaces:c1;from-tag=f-c1;to-tag=t-c1
			3.1 cancel c1
			9 bye c2 a`,
			"c1: call_pickup replaced_by=c2(1)\nc2: call_pickup replaces=c1(1)"},
		{"picked up; the call that rang is told last", `
			0 ring c1 a>b alice bob
			3 call c2 d>a dave alice h=Replaces:c1;from-tag=f-c1;to-tag=t-c1
			4 bye c2 a
			8 cancel c1`,
			"c1: call_pickup replaced_by=c2(1)\nc2: call_pickup replaces=c1(1)"},
		{"not picked up: refused", `
			0 ring c1 a>b alice bob
			3 fail c2 d>a dave alice 481 h=Replaces:c1;from-tag=f-c1;to-tag=t-c1
			8 answer c1
			20 bye c1 a`, "c2: replaces=c1(1)"},
		{"not picked up: refused, and the caller gives up", `
			0 ring c1 a>b alice bob
			3 fail c2 d>a dave alice 486 h=Replaces:c1;from-tag=f-c1;to-tag=t-c1
			3.5 cancel c1`, "c2: replaces=c1(1)"},
		{"taken over by who watched it", `
			0 call c1 a>b alice bob
			2 ask s1 d>b dave bob SUBSCRIBE h=Event:dialog h=Expires:600
			3 call c2 d>a dave alice h=Replaces:c1;from-tag=f-c1;to-tag=t-c1
			3.1 bye c1 a
			9 bye c2 a`,
			"c1: call_pickup replaced_by=c2(1)\nc2: call_pickup replaces=c1(1)"},
	})
}

func TestCallsThatWereAskedFor(t *testing.T) {
	runRelations(t, []relationTest{
		{"click to dial", `
			0 ask r1 p>b pc.example.com bob REFER h=Refer-To:<sip:carol@example.com> h=Refer-Sub:false
			0.5 call c1 b>c bob carol h=Referred-By:<sip:pc.example.com>
			9 bye c1 b`,
			"c1: click_to_dial referred_by=r1(0.95)"},
		{"a REFER that nobody follows", `
			0 ask r1 p>b pc.example.com bob REFER h=Refer-To:<sip:carol@example.com>
			60 call c1 b>c bob carol
			69 bye c1 b`, ""},
		{"redial when the line is free", `
			0 fail c1 a>b alice bob 486
			2 ask s1 a>b alice bob SUBSCRIBE h=Event:dialog
			60 call c2 a>b alice bob
			69 bye c2 a`,
			"c2: automatic_redial redial=c1(0.9)"},
		{"redial by call completion", `
			0 fail c1 a>b alice bob 480
			2 ask s1 a>b alice bob SUBSCRIBE h=Event:call-completion
			60 call c2 a>b alice bob
			69 bye c2 a`,
			"c2: automatic_redial redial=c1(0.9)"},
		{"a person tries again", `
			0 fail c1 a>b alice bob 486
			60 call c2 a>b alice bob
			69 bye c2 a`, ""},
		{"the line was watched all the time", `
			0 ask s1 a>b alice bob SUBSCRIBE h=Event:dialog
			1 fail c1 a>b alice bob 486
			60 call c2 a>b alice bob
			69 bye c2 a`, ""},
		{"somebody else was busy", `
			0 fail c1 a>b alice bob 486
			2 ask s1 a>c alice carol SUBSCRIBE h=Event:dialog
			60 call c2 a>c alice carol
			69 bye c2 a`, ""},
	})
}

// The flows of the documents: what several Call-IDs have to do with each other.
func TestDealingsInCaptures(t *testing.T) {
	for _, test := range []struct{ name, want string }{
		{"seeds/draft-sparks-consultation-hold.pcap", `
			12345600@here.com: consultation_hold consultation=9876543210@there.com(0.8)
			9876543210@there.com: consultation_hold consultation=12345600@here.com(0.8)`},
		{"seeds/draft-sparks-unattended-transfer.pcap", `
			12345600@here.com: transfer_unattended requests=9876543210@there.com(0.95)
			9876543210@there.com: transfer_unattended requests=123123123@there.com(0.95) requested_by=12345600@here.com(0.95)
			123123123@there.com: transfer_unattended requested_by=9876543210@there.com(0.95)`},
		{"seeds/draft-sparks-find-me.pcap", ``},
		{"seeds/draft-sparks-forward-busy.pcap", ``},
		{"seeds/draft-sparks-forward-no-answer.pcap", ``},
		{"seeds/draft-sparks-forward-unconditional.pcap", ``},
		{"seeds/draft-sparks-call-hold.pcap", `
			12345600@here.com: challenged_retry=12345601@here.com(1)
			12345601@here.com: challenged_try=12345600@here.com(1)`},
		{"seeds/mpop-fork.pcap", ``},
		{"seeds/pic-message.pcap", ``},
		{"rfc/rfc5359-2-1-call-hold.pcap", ``},
		{"rfc/rfc5359-2-2-consultation-hold.pcap", `
			12345600@atlanta.example.com: consultation_hold consultation=9876543210@biloxi.example.com(0.8)
			9876543210@biloxi.example.com: consultation_hold consultation=12345600@atlanta.example.com(0.8)`},
		{"rfc/rfc5359-2-4-transfer-unattended.pcap", `
			12345601@atlanta.example.com: transfer_unattended refers=7436222@atlanta.example.com(0.95)
			7436222@atlanta.example.com: transfer_unattended referred_by=12345601@atlanta.example.com(0.95)`},
		{"rfc/rfc5359-2-6-transfer-instant-messaging.pcap", `
			12345600@atlanta.example.com: transfer_unattended replaced_by=563456212@b2.chicago.example.com(1)
			563456212@b2.chicago.example.com: transfer_unattended replaces=12345600@atlanta.example.com(1)`},
		{"rfc/rfc5359-2-7-call-forwarding-unconditional.pcap", ``},
		{"rfc/rfc5359-2-10-3-way-conference-third-party-is-added.pcap", `
			12345600@atlanta.example.com: three_way_call conference=sdjfdjfskdf@biloxi.example.com(0.9)
			sdjfdjfskdf@biloxi.example.com: three_way_call conference=12345600@atlanta.example.com(0.9)`},
		{"rfc/rfc5359-2-12-find-me.pcap", ``},
		{"rfc/rfc5359-2-16-call-pickup.pcap", `
			12345600@atlanta.example.com: call_pickup replaced_by=563456212@b2.biloxi.example.com(1)
			563456212@b2.biloxi.example.com: call_pickup replaces=12345600@atlanta.example.com(1)`},
		{"rfc/rfc5359-2-18-click-to-dial.pcap", `
			7436222@atlanta.example.com: click_to_dial referred_by=1234560183434(0.95)`},
		{"rfc/rfc3665-3-4-successful-session-with-proxy-failure.pcap", ``},
		{"rfc/rfc3665-3-7-session-with-re-invite-ip-address-change.pcap", ``},
	} {
		t.Run(test.name, func(t *testing.T) {
			checkDealings(t, captureMessages(t, test.name), test.want)
		})
	}
}
