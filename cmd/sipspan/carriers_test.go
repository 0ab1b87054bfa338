package main

import (
	"fmt"
	"net/netip"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"sipspan/internal/dev/sipgen"
)

// overTCP returns the flow of a call over TCP, and its records but for the account.
func overTCP(t *testing.T) (flow, records string) {
	t.Helper()
	scenario, err := txtar.ParseFile("../../testdata/golden/call-answered-tcp.txtar")
	if err != nil {
		t.Fatal(err)
	}
	flow = string(scenario.Files[0].Data)
	records = withoutStats(readJSON(t, writeFlow(t, parseFlow(t, flow))))
	if !strings.Contains(records, `"disposition":"answered"`) {
		t.Fatalf("the plain call was not read:\n%s", records)
	}
	return flow, records
}

// sendOver changes the transport of all steps of a flow.
func sendOver(f *sipgen.Flow, transport sipgen.Transport, change func(o *sipgen.Options)) {
	for i := range f.Steps {
		s := &f.Steps[i]
		s.Transport = transport
		s.Options.Gap = 1 // nanosecond: below the resolution of the file
		if len(s.Payload) > 0 && change != nil {
			change(&s.Options)
		}
	}
}

// sameOver reads a flow over another transport and compares its records with those of the plain one.
func sameOver(t *testing.T, f *sipgen.Flow, records, name string) account {
	t.Helper()
	want := strings.ReplaceAll(records, `"transport":"TCP"`, `"transport":"`+name+`"`)
	lines := readJSON(t, writeFlow(t, f))
	if diff := cmp.Diff(want, withoutStats(lines)); diff != "" {
		t.Errorf("records (-plain +wrapped):\n%s", diff)
	}
	a := accountOf(t, lines)
	checkAccount(t, a)
	return a
}

// TestWebSocketDoesNotMatter reads the same call over WebSocket, in one frame and in many, compressed and not, from the start and
// from the middle: the records, all but the packet account, are those of the call over TCP.
func TestWebSocketDoesNotMatter(t *testing.T) {
	flow, records := overTCP(t)
	for name, change := range map[string]func(o *sipgen.Options){
		"one frame":            nil,
		"binary":               func(o *sipgen.Options) { o.Binary = true },
		"fragments":            func(o *sipgen.Options) { o.Frames = []int{1, 20, 200} },
		"fragments and a ping": func(o *sipgen.Options) { o.Frames, o.Ping = []int{50, 50}, true },
		"compressed":           func(o *sipgen.Options) { o.Deflate = true },
		"compressed fragments": func(o *sipgen.Options) { o.Deflate, o.Frames, o.Ping = true, []int{10, 1, 30}, true },
		"segments":             func(o *sipgen.Options) { o.Segments = []int{1, 1, 1, 1, 1, 1, 1, 1, 1, 100} },
		"IP fragments":         func(o *sipgen.Options) { o.Fragment = 96 },
		"from the middle":      func(o *sipgen.Options) { o.MidStream = true },
		"from the middle, in pieces": func(o *sipgen.Options) {
			o.MidStream, o.Segments = true, []int{1, 2, 3, 5, 7, 11, 13}
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := parseFlow(t, flow)
			sendOver(f, sipgen.OverWS, change)
			sameOver(t, f, records, "WS")
		})
	}
	for at := 1; at < 400; at += 7 {
		t.Run(fmt.Sprintf("cut at %d", at), func(t *testing.T) {
			f := parseFlow(t, flow)
			sendOver(f, sipgen.OverWS, func(o *sipgen.Options) { o.Segments, o.Deflate = []int{at}, at%2 == 0 })
			sameOver(t, f, records, "WS")
		})
	}
}

// TestWebSocketFromTheMiddle reads compressed messages that refer to others before the capture: nothing is guessed, and the
// packets are counted by that reason.
func TestWebSocketFromTheMiddle(t *testing.T) {
	flow, _ := overTCP(t)
	f := parseFlow(t, flow)
	sendOver(f, sipgen.OverWS, func(o *sipgen.Options) { o.Deflate = true })
	for i := range f.Steps {
		f.Steps[i].Options.MidStream = true
	}
	// The INVITE and the first response are not captured.
	f.Steps[0].Options.Lost, f.Steps[1].Options.Lost = true, true
	a := accountOf(t, readJSON(t, writeFlow(t, f)))
	checkAccount(t, a)
	if a.Ignored["websocket_compressed"] == 0 {
		t.Errorf("account %+v", a)
	}
}

// TestSCTPDoesNotMatter does the same over SCTP.
func TestSCTPDoesNotMatter(t *testing.T) {
	flow, records := overTCP(t)
	for name, change := range map[string]func(o *sipgen.Options){
		"one chunk":         nil,
		"fragments":         func(o *sipgen.Options) { o.Chunks = []int{1, 20, 200} },
		"bundled":           func(o *sipgen.Options) { o.Bundle, o.Chunks = true, []int{30, 30} },
		"unordered":         func(o *sipgen.Options) { o.Unordered, o.Stream, o.Chunks = true, 7, []int{100} },
		"interleaved":       func(o *sipgen.Options) { o.Interleaved, o.Chunks = true, []int{50, 50} },
		"swapped":           func(o *sipgen.Options) { o.Chunks, o.Order = []int{40, 60}, []int{3, 1, 2} },
		"sent again":        func(o *sipgen.Options) { o.Chunks, o.Order = []int{40}, []int{1, 1, 2, 2, 1} },
		"from the middle":   func(o *sipgen.Options) { o.MidStream = true },
		"IP fragments":      func(o *sipgen.Options) { o.Fragment = 96 },
		"in UDP":            func(o *sipgen.Options) { o.InUDP = true },
		"in UDP, fragments": func(o *sipgen.Options) { o.InUDP, o.Chunks = true, []int{100} },
	} {
		t.Run(name, func(t *testing.T) {
			f := parseFlow(t, flow)
			sendOver(f, sipgen.OverSCTP, change)
			if name == "in UDP" {
				for i := range f.Steps {
					f.Steps[i].Options.InUDP = true
				}
			}
			sameOver(t, f, records, "SCTP")
		})
	}
	for at := 1; at < 400; at += 13 {
		t.Run(fmt.Sprintf("cut at %d", at), func(t *testing.T) {
			f := parseFlow(t, flow)
			sendOver(f, sipgen.OverSCTP, func(o *sipgen.Options) { o.Chunks, o.Interleaved = []int{at}, at%2 == 0 })
			sameOver(t, f, records, "SCTP")
		})
	}
}

// TestCarriersAgainstTshark has tshark count the SIP messages of the same captures.
func TestCarriersAgainstTshark(t *testing.T) {
	if _, err := exec.LookPath("tshark"); err != nil {
		t.Skip("tshark is not installed")
	}
	flow, _ := overTCP(t)
	for name, c := range map[string]struct {
		transport sipgen.Transport
		change    func(o *sipgen.Options)
	}{
		"WebSocket":             {sipgen.OverWS, nil},
		"WebSocket, compressed": {sipgen.OverWS, func(o *sipgen.Options) { o.Deflate = true }},
		"SCTP":                  {sipgen.OverSCTP, nil},
		"SCTP, fragments":       {sipgen.OverSCTP, func(o *sipgen.Options) { o.Chunks, o.Unordered = []int{20, 200}, true }},
		"SCTP, bundled":         {sipgen.OverSCTP, func(o *sipgen.Options) { o.Bundle = true }},
		"WebSocket, fragments":  {sipgen.OverWS, func(o *sipgen.Options) { o.Frames, o.Ping = []int{20, 200}, true }},
	} {
		t.Run(name, func(t *testing.T) {
			f := parseFlow(t, flow)
			sendOver(f, c.transport, c.change)
			for i := range f.Steps { // tshark looks for HTTP on its ports
				if c.transport != sipgen.OverWS {
					break
				}
				for _, end := range []*netip.AddrPort{&f.Steps[i].From, &f.Steps[i].To} {
					if end.Addr() == netip.MustParseAddr("192.0.2.12") {
						*end = netip.AddrPortFrom(end.Addr(), 8080)
					}
				}
			}
			file := writeFlow(t, f)
			out, err := exec.Command("tshark", "-n", "-r", file, "-Y", "sip", "-T", "fields", "-E", "occurrence=a", "-e", "sip.Method", "-e", "sip.Status-Code").Output()
			if err != nil {
				t.Fatal(err)
			}
			want := account{}
			want.Messages.Requests, want.Messages.Responses = map[string]uint64{}, map[string]uint64{}
			for line := range strings.Lines(string(out)) {
				methods, codes, _ := strings.Cut(strings.TrimRight(line, "\n"), "\t")
				for counts, list := range map[*map[string]uint64]string{&want.Messages.Requests: methods, &want.Messages.Responses: codes} {
					for _, name := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' }) {
						(*counts)[name]++
					}
				}
			}
			got := accountOf(t, readJSON(t, file))
			if diff := cmp.Diff(want.Messages.Requests, got.Messages.Requests); diff != "" || len(want.Messages.Requests) == 0 {
				t.Errorf("requests (-tshark +sipspan):\n%s", diff)
			}
			if diff := cmp.Diff(want.Messages.Responses, got.Messages.Responses); diff != "" {
				t.Errorf("responses (-tshark +sipspan):\n%s", diff)
			}
		})
	}
}
