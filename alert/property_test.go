package alert

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"sipspan/record"
)

// traffic is an hour of all kinds of signal, with failures that come in waves.
func traffic(seed uint64) (all []told) {
	r := rand.New(rand.NewPCG(seed, 1))
	methods := []string{"INVITE", "REGISTER", "OPTIONS", "SUBSCRIBE", "MESSAGE", "BYE", "OTHER"}
	codes := []int{200, 200, 200, 200, 486, 404, 503, 401, 403, 603}
	for at := epoch; at < epoch+int64(time.Hour); at += int64(r.ExpFloat64() * 2e8) {
		s := &record.Signal{
			Time: at, Method: methods[r.IntN(len(methods))], Status: codes[r.IntN(len(codes))], First: r.IntN(4) > 0, Retried: r.IntN(3) == 0,
			Src: netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(r.IntN(5))}), 5060), Target: r.Uint64N(500),
			Dst:    netip.AddrPortFrom(netip.AddrFrom4([4]byte{198, 51, 100, byte(r.IntN(9))}), 5060),
			CallID: fmt.Sprint(r.Uint64()), Delay: time.Duration(r.IntN(3000)) * time.Millisecond, Count: 1,
		}
		if at/int64(8*time.Minute)%2 == 0 && r.IntN(2) == 0 {
			s.Status = 503
		}
		if r.IntN(3) == 0 {
			s.To = fmt.Sprintf("carrier-%d", r.IntN(3))
		}
		switch n := r.IntN(40); {
		case n < 4:
			s.Kind, s.Status = record.SignalUnanswered, 0
		case n < 7:
			s.Kind = record.SignalBound + record.SignalKind(n-4)
		case n < 8:
			s.Kind = record.SignalLinkDown
		}
		all = append(all, told{at: at, signal: s})
	}
	return all
}

// TestTheSameSignalsGiveTheSameAlerts tells an engine of time in between at other points: how far apart watermarks are must
// not matter.
func TestTheSameSignalsGiveTheSameAlerts(t *testing.T) {
	for seed := range uint64(3) {
		all := traffic(seed)
		var want []byte
		for _, every := range []int{1 << 30, 1, 7, 1000} {
			var got []byte
			e := New(DefaultConfig(), "test", func(a *record.Alert) { got = append(a.AppendJSON(got), '\n') })
			for i, h := range all {
				if i%every == 0 {
					e.Advance(h.at - 1)
				}
				e.Signal(h.signal)
			}
			e.Advance(epoch + int64(3*time.Hour))
			if want == nil {
				want = got
			}
			if !bytes.Equal(got, want) {
				t.Fatalf("seed %d: other alerts when time is told every %d signals", seed, every)
			}
		}
		if len(want) == 0 {
			t.Errorf("seed %d: no alerts at all", seed)
		}
	}
}

// TestFloodStaysBounded floods an engine with addresses and peers that nobody knows.
func TestFloodStaysBounded(t *testing.T) {
	c := DefaultConfig()
	c.MaxSources = 1000
	raised := 0
	e := New(c, "test", func(*record.Alert) { raised++ })
	var addr [16]byte
	for i := range 200_000 {
		binary.BigEndian.PutUint64(addr[:], uint64(i)*0x9e3779b97f4a7c15)
		e.Signal(&record.Signal{
			Time: epoch + int64(i)*1e6, Method: "REGISTER", Status: 403, First: true, Target: uint64(i),
			Src: netip.AddrPortFrom(netip.AddrFrom16(addr), 5060), To: fmt.Sprint(i), CallID: "x",
		})
	}
	for _, w := range e.watches {
		if len(w.list) > maxSeries {
			t.Errorf("%s has %d series", w.Name, len(w.list))
		}
		if s := w.sources; s != nil && (len(s.list) > c.MaxSources || len(s.byAddr) != len(s.list) || s.evicted == 0) {
			t.Errorf("%s has %d sources, %d of them by address, and %d were evicted", w.Name, len(s.list), len(s.byAddr), s.evicted)
		}
	}
	if n := len(e.evidence.troubles.list); n > maxTrouble {
		t.Errorf("%d failures are remembered", n)
	}
}

// TestManyScannersAreNoFloodOfAlerts lets more addresses scan than one rule has alerts for.
func TestManyScannersAreNoFloodOfAlerts(t *testing.T) {
	raised := 0
	e := New(only("scanner"), "test", func(*record.Alert) { raised++ })
	for i := range 60_000 {
		e.Signal(&record.Signal{
			Time: epoch + int64(i)*1e6, Method: "REGISTER", Status: 404, First: true, Target: uint64(i),
			Src: netip.AddrPortFrom(netip.AddrFrom4([4]byte{198, 51, byte(i % 500 / 250), byte(i % 250)}), 5060),
		})
	}
	if raised != maxAlerts {
		t.Errorf("%d alerts, expected %d", raised, maxAlerts)
	}
	if st := e.Status()[0]; st.Firing != maxAlerts || st.Total != maxAlerts {
		t.Errorf("the status is %+v", st)
	}
}

func TestSignalsDoNotAllocate(t *testing.T) {
	e := New(DefaultConfig(), "test", func(*record.Alert) {})
	all := traffic(1)
	run(e, all)
	last := all[len(all)-1].at
	if n := testing.AllocsPerRun(100, func() {
		for _, h := range all[:500] {
			h.signal.Time = last
			e.Signal(h.signal)
		}
	}); n != 0 {
		t.Errorf("%v allocations for 500 signals", n)
	}
	if n := testing.AllocsPerRun(100, func() {
		last += e.interval
		e.Advance(last)
	}); n > 20 { // an alert that begins or ends may
		t.Errorf("%v allocations for a slice", n)
	}
}

// TestLeapsOfTimeAreCheap counts the slices that a leap of a year takes.
func TestLeapsOfTimeAreCheap(t *testing.T) {
	e := New(DefaultConfig(), "test", func(*record.Alert) {})
	run(e, traffic(2))
	before := e.age
	e.Signal(&record.Signal{Time: epoch + int64(365*24*time.Hour), Method: "INVITE", Status: 200, First: true})
	if n := e.age - before; n > 2*e.dormant {
		t.Errorf("%d slices for a leap, expected at most %d", n, 2*e.dormant)
	}
	e.Advance(math.MaxInt64 - 1e12)
	if n := e.age - before; n > 4*e.dormant {
		t.Errorf("%d slices for two leaps", n)
	}
}

func TestTimeThatGoesBackIsHarmless(t *testing.T) {
	e := New(DefaultConfig(), "test", func(*record.Alert) {})
	for _, at := range []int64{epoch, epoch - 1e12, 5, epoch + 1e12, -7} {
		e.Signal(&record.Signal{Time: at, Method: "INVITE", Status: 503, First: true})
		e.Advance(at)
		e.Record(at, &record.Failure{Method: "INVITE"})
	}
}
