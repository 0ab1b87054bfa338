package ingest

import (
	"fmt"
	"strings"
	"testing"

	"sipspan/capture"
	"sipspan/internal/dev/sipgen"
	"sipspan/reassembly"
)

// Messages that never become whole, on hundreds of connections and associations, keep to the limits; the account closes, and nothing
// is held in the end.
func TestWhatIsHeldIsBounded(t *testing.T) {
	c := reassembly.DefaultConfig()
	c.WebSocket.MaxHeldTotal, c.SCTP.MaxHeldTotal = 400<<10, 400<<10
	long := strings.Replace(options, "Call-ID", "Subject: "+strings.Repeat("x", 6000)+"\nCall-ID", 1)
	var flow strings.Builder
	for i := range 150 {
		fmt.Fprintf(&flow, "@%d.0 h%d -> b ws frames=5000 segments=5008 order=1\n%s\n@%d.1 h%d -> b sctp chunks=5000 order=1\n%s\n", i/100, i, long, i/100, i, long)
		fmt.Fprintf(&flow, "@%d.2 b -> h%d ws deflate\n%s\n", i/100, i, long)
	}
	hosts := "hosts: b=192.0.2.2"
	for i := range 150 {
		hosts += fmt.Sprintf(" h%d=192.0.2.1:%d", i, 10000+i)
	}
	f, err := sipgen.ParseFlow(hosts + "\n\n" + flow.String())
	if err != nil {
		t.Fatal(err)
	}
	in := New(c, Options{}, new(recorder))
	var now int64
	for i, p := range f.Packets() {
		now = p.Time
		in.Frame(&capture.Frame{Number: uint64(i + 1), Time: now, Data: p.Data, Length: len(p.Data), Link: capture.LinkEthernet}, now, now)
		if s := in.Snapshot(); s.WebSocket.HeldBytes > c.WebSocket.MaxHeldTotal || s.SCTP.HeldBytes > c.SCTP.MaxHeldTotal {
			t.Fatalf("%+v, %+v", s.WebSocket, s.SCTP)
		}
	}
	if s := in.Snapshot(); s.WebSocket.Evicted == 0 || s.SCTP.Overruns == 0 {
		t.Errorf("%+v, %+v", s.WebSocket, s.SCTP)
	}
	in.Close(now)
	if s := in.Snapshot(); s.Account.Missing() != 0 || s.WebSocket.HeldBytes != 0 || s.SCTP.HeldBytes != 0 {
		t.Errorf("%+v, %+v, %+v", s.Account, s.WebSocket, s.SCTP)
	}
}
