//go:build linux

package main

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"sync/atomic"

	"sipspan/capture/pcapwrite"
)

// prefix begins the Call-IDs of the calls that are counted; a number follows.
const prefix = "soak-"

// steps are the messages of a call: when each is sent, in milliseconds after the first, and by whom. That of the BYE is counted from hold.
var steps = []struct {
	at     int
	answer bool
	line   string // "%" stands for the user who is called
	cseq   string
	tag    bool // in To
}{
	{0, false, "INVITE sip:%@example.net SIP/2.0", "1 INVITE", false},
	{2, true, "SIP/2.0 100 Trying", "1 INVITE", false},
	{20, true, "SIP/2.0 180 Ringing", "1 INVITE", true},
	{200, true, "SIP/2.0 200 OK", "1 INVITE", true},
	{205, false, "ACK sip:%@example.net SIP/2.0", "1 ACK", true},
	{0, false, "BYE sip:%@example.net SIP/2.0", "2 BYE", true},
	{5, true, "SIP/2.0 200 OK", "2 BYE", true},
}

const (
	firstOfEnd = 5    // the index of the BYE
	hold       = 1500 // milliseconds from the INVITE to the BYE
	spread     = 1000 // that it may be longer
)

var (
	caller = netip.MustParseAddrPort("198.51.100.10:5060")
	callee = netip.MustParseAddrPort("203.0.113.20:5060")
	// link is the Ethernet header of every frame.
	link = []byte{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0}
)

// message returns the frame of a step of a call.
func message(call, step int) []byte {
	s := &steps[step]
	branch := step
	switch {
	case step < 4:
		branch = 0
	case step > firstOfEnd:
		branch = firstOfEnd
	}
	n, tag := strconv.Itoa(call), ""
	if s.tag {
		tag = ";tag=t" + n
	}
	text := strings.Replace(s.line, "%", "bob"+n, 1) + "\r\n" +
		fmt.Sprintf("Via: SIP/2.0/UDP 198.51.100.10:5060;branch=z9hG4bK%s.%d\r\nMax-Forwards: 70\r\nFrom: <sip:alice@example.com>;tag=f%s\r\n"+
			"To: <sip:bob%s@example.net>%s\r\nCall-ID: %s%s\r\nCSeq: %s\r\nContact: <sip:user@198.51.100.10>\r\nUser-Agent: soak\r\nContent-Length: 0\r\n\r\n",
			n, branch, n, n, tag, prefix, n, s.cseq)
	from, to := caller, callee
	if s.answer {
		from, to = callee, caller
	}
	packet := pcapwrite.Build([]byte(text), pcapwrite.IP(from.Addr(), to.Addr(), uint16(call*len(steps)+step)), pcapwrite.UDP{Src: from.Port(), Dst: to.Port()})
	return append(link[:len(link):len(link)], packet...)
}

// ledger holds what became of each call. Calls are numbered from 0; it has room for all of them.
type ledger struct {
	begun   atomic.Int64
	unseen  []bool  // a message of it was sent while nobody could see it; of the goroutine that sends
	records []uint8 // that the program wrote; of the goroutine that reads them
	strange []bool  // its record says something else than that it was answered, and ended by the caller; likewise
}

func newLedger(room int) *ledger {
	return &ledger{unseen: make([]bool, room), records: make([]uint8, room), strange: make([]bool, room)}
}

// verdict is what the ledger comes to.
type verdict struct{ seen, missing, twice, strange int }

// verdict may be asked for when nothing is sent any more, and all records are read.
func (l *ledger) verdict() (v verdict) {
	for i := range int(l.begun.Load()) {
		if l.unseen[i] {
			continue
		}
		v.seen++
		switch n := l.records[i]; {
		case n == 0:
			v.missing++
		case n > 1:
			v.twice++
		case l.strange[i]:
			v.strange++
		}
	}
	return v
}
