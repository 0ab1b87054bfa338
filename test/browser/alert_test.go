//go:build browser

package browser

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"sipspan/internal/dev/player"
)

// TestAlertComesAndGoes leaves the page open while calls fail for a while: the alert is there without a reload, and goes when calls are answered again.
func TestAlertComesAndGoes(t *testing.T) {
	d := started(t, "alerts:\n  interval: 1s\n  rules:\n    - {name: invite-5xx, window: 15s, for: 1s, resolve_after: 5s, cool_down: 0s}\n")
	ctx := chromium(t)
	answered, refused := captured(t, someCalls("200 OK")), captured(t, someCalls("503 Service Unavailable"))
	visit(ctx, t, d.page, 1280, "light", true)
	shows := func(want string) func() bool {
		return func() bool { return strings.Contains(text(ctx, t), want) }
	}
	d.playsUntil(t, answered, "calls are listed", func() bool { return d.calls(t) >= 100 })
	if !shows("No alert fires")() {
		t.Fatalf("before the fault: %s", text(ctx, t))
	}
	d.playsUntil(t, refused, "the alert is on the page", func() bool { return ask[bool](ctx, t, "document.querySelector('.alert') != null") })
	if seen := text(ctx, t); !strings.Contains(seen, "invite-5xx") || strings.Contains(seen, "No alert fires") {
		t.Errorf("during the fault: %s", seen)
	}
	d.playsUntil(t, answered, "the alert is gone", shows("No alert fires"))
}

// someCalls is the flow of ten calls that get a response.
func someCalls(response string) string {
	var b strings.Builder
	b.WriteString("hosts: a=192.0.2.10 b=192.0.2.11\n")
	for i := range 10 {
		say := func(after float64, from, to, start, cseq, tag string) {
			fmt.Fprintf(&b, "@%.2f %s -> %s udp\n%s\nVia: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK%s%d\nFrom: <sip:alice@example.com>;tag=f%d\nTo: <sip:bob@example.net>%s\n"+
				"Call-ID: call-%d@pbx\nCSeq: %s\nMax-Forwards: 70\nContact: <sip:alice@192.0.2.10>\nContent-Length: 0\n\n",
				float64(i)*0.1+after, from, to, start, cseq[2:], i, i, tag, i, cseq)
		}
		say(0, "a", "b", "INVITE sip:bob@example.net SIP/2.0", "1 INVITE", "")
		say(0.02, "b", "a", "SIP/2.0 "+response, "1 INVITE", ";tag=t")
		say(0.04, "a", "b", "ACK sip:bob@example.net SIP/2.0", "1 ACK", ";tag=t")
		if strings.HasPrefix(response, "2") {
			say(0.06, "a", "b", "BYE sip:bob@example.net SIP/2.0", "2 BYE", ";tag=t")
			say(0.08, "b", "a", "SIP/2.0 200 OK", "2 BYE", ";tag=t")
		}
	}
	return b.String()
}

// playsUntil plays a capture over and over, each time with other Call-IDs, until something is so.
func (d *daemon) playsUntil(t *testing.T, capture, what string, so func() bool) {
	t.Helper()
	p, err := player.Load(t.Context(), capture)
	if err != nil {
		t.Fatal(err)
	}
	playing, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- p.Loop(playing, d.hep, 20*time.Millisecond) }()
	begun := time.Now()
	for !so() && time.Since(begun) < 5*time.Minute {
		time.Sleep(200 * time.Millisecond)
	}
	stop()
	if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if !so() {
		t.Fatalf("waited in vain until %s", what)
	}
}
