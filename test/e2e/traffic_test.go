//go:build e2e

package e2e

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"testing"
)

// rounds is traffic that goes on in front of the monitoring.
type rounds struct {
	t      *testing.T
	folder string
	stages int
	played int
}

func newRounds(t *testing.T, folder string) *rounds { return &rounds{t: t, folder: folder} }

// stage opens a stage for a scenario that is played again under another name.
func (r *rounds) stage(c scenario) *stage {
	c.name += "-" + strconv.Itoa(r.stages)
	s := newStage(r.t, r.folder, r.stages, c)
	r.stages++
	return s
}

// everydays are the scenarios of which a dashboard shows something.
var everydays = []string{"unknown-user", "busy", "presence", "fetches-presence", "unknown-event", "comes-and-goes", "wrong-password", "message", "broken-tcp", "two-phones", "moved", "declined"}

// play plays them once, and sends something that is no SIP but looks like it, and something twice.
func (r *rounds) play() {
	r.t.Helper()
	r.played++
	for _, name := range everydays {
		i := slices.IndexFunc(scenarios, func(c scenario) bool { return c.name == name })
		if i < 0 {
			r.t.Fatalf("no scenario %s", name)
		}
		scenarios[i].play(r.stage(scenarios[i]))
	}
	c, err := net.Dial("udp", proxy+":5060")
	if err != nil {
		r.t.Fatal(err)
	}
	defer c.Close()
	broken := fmt.Sprintf("INVITE  sip:nobody@example.org SIP/2.0\r\nCall-ID: broken-%d\r\n\r\n", r.played)
	twice := options(c.LocalAddr().String(), fmt.Sprintf("twice-%d", r.played))
	for _, message := range []string{broken, twice, twice} {
		if _, err := c.Write([]byte(message)); err != nil {
			r.t.Fatal(err)
		}
	}
}

// forLong makes SIPp go on until it is killed.
func forLong(callIDs string) []string {
	return []string{"-m", "100000", "-r", callsASecond, "-cid_str", callIDs + "-%u@%s", "-timeout", strconv.Itoa(int(longEnough.Seconds())) + "s"}
}

// regularCalls starts calls that are answered, and goes on with them.
func (r *rounds) regularCalls() *program {
	r.t.Helper()
	s := r.stage(scenario{name: "regular"})
	s.register(s.to)
	s.play("phone-answers", s.name, s.to, values{Ring: 50}, "-m", "100000", "-timeout", strconv.Itoa(int(longEnough.Seconds()))+"s")
	return s.play("call", s.name, s.from, values{Talk: 200}, forLong(s.name)...)
}

// spike starts calls that the proxy answers with 503, and goes on with them.
func (r *rounds) spike() *program {
	r.t.Helper()
	s := r.stage(scenario{name: "overloaded"})
	return s.play("call-refused", s.name, s.from, values{Status: 503}, forLong(s.name)...)
}
