package pipeline

import (
	"context"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"sipspan/capture"
	"sipspan/capture/pcapwrite"
	"sipspan/internal/wire"
	"sipspan/record"
	"sipspan/session/stats"
)

// halves is a source that plays the second half of its packets when it is told to.
type halves struct {
	frames
	second []pcapwrite.Packet
	resume chan struct{}
}

func (s *halves) Next(f *capture.Frame) error {
	if s.next == len(s.packets) && s.second != nil {
		select {
		case <-s.resume:
			s.packets, s.second = append(s.packets, s.second...), nil
		default:
			return capture.ErrIdle
		}
	}
	return s.frames.Next(f)
}

const oneCall = `hosts: alice=192.0.2.10 bob=192.0.2.20
@0 alice -> bob udp
INVITE sip:bob@192.0.2.20 SIP/2.0
Via: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bKa
From: <sip:alice@example.com>;tag=1
To: <sip:bob@example.com>
Call-ID: one@192.0.2.10
CSeq: 1 INVITE
Content-Length: 0

@1 bob -> alice udp
SIP/2.0 200 OK
Via: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bKa
From: <sip:alice@example.com>;tag=1
To: <sip:bob@example.com>;tag=2
Call-ID: one@192.0.2.10
CSeq: 1 INVITE
Content-Length: 0

@1.1 alice -> bob udp
ACK sip:bob@192.0.2.20 SIP/2.0
Via: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bKb
From: <sip:alice@example.com>;tag=1
To: <sip:bob@example.com>;tag=2
Call-ID: one@192.0.2.10
CSeq: 1 ACK
Content-Length: 0

@9 alice -> bob udp
BYE sip:bob@192.0.2.20 SIP/2.0
Via: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bKc
From: <sip:alice@example.com>;tag=1
To: <sip:bob@example.com>;tag=2
Call-ID: one@192.0.2.10
CSeq: 2 BYE
Content-Length: 0

@9.1 bob -> alice udp
SIP/2.0 200 OK
Via: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bKc
From: <sip:alice@example.com>;tag=1
To: <sip:bob@example.com>;tag=2
Call-ID: one@192.0.2.10
CSeq: 2 BYE
Content-Length: 0

`

// TestReloadKeepsACallThatRuns changes the groups of addresses and the tap in the middle of a call.
func TestReloadKeepsACallThatRuns(t *testing.T) {
	all := packets(t, oneCall)
	for since, i := time.Now().UnixNano()-all[0].Time, 0; i < len(all); i++ { // a source that has nothing shows the time of the wall
		all[i].Time += since
	}
	src := &halves{frames: frames{packets: all[:3:3]}, second: all[3:], resume: make(chan struct{})}
	s := settings(2)
	s.Session.Peers = []stats.Peer{{Name: "before", Addresses: []string{"192.0.2.20"}}}
	var first, second atomic.Int64
	s.Tap = func(*wire.Meta, []byte, []byte) { first.Add(1) }
	var calls []record.Call
	p := New(s, []Source{src}, func(r record.Record) {
		if c, ok := r.(*record.Call); ok {
			calls = append(calls, *c)
		}
	})
	done := make(chan error)
	go func() { done <- p.Run(context.Background()) }()
	for p.Snapshot().Session.Messages() < 3 {
		runtime.Gosched()
	}
	sc := s.Session
	sc.Peers = []stats.Peer{{Name: "after", Addresses: []string{"192.0.2.20"}}}
	sc.MaxCalls = 100 // less than one for each shard: a running call stays
	p.Reload(Changes{Session: sc, Tap: func(*wire.Meta, []byte, []byte) { second.Add(1) }})
	close(src.resume)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	p.Reload(Changes{Session: sc}) // of a run that has ended
	if len(calls) != 1 || calls[0].Peers.To != "after" || calls[0].Disposition.String() != "answered" || calls[0].Messages != 5 {
		t.Errorf("%+v", calls)
	}
	if first.Load() != 3 || second.Load() != 2 {
		t.Errorf("the taps had %d and %d messages, expected 3 and 2", first.Load(), second.Load())
	}
}
