package main

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"sipspan/capture/pcapwrite"
)

// orderly are scenarios that were captured as they happened, of every kind of session.
var orderly = []string{
	"call-answered-ipv6", "call-answered-tcp", "call-answered-twice", "call-answered-udp", "call-auth-failed", "call-busy", "call-bye-from-callee",
	"call-cancelled", "call-challenged", "call-challenged-new-call-id", "call-declined", "call-forbidden", "call-forked", "call-message-inside",
	"call-not-found", "call-prack-update", "call-redirected", "call-reinvite", "call-server-error", "call-two-proxies", "call-unavailable",
	"registration-new", "registration-refreshed", "registration-removed", "registration-forbidden", "registration-two-devices-one-lost",
	"subscription-refreshed", "subscription-left", "subscription-forked", "publication", "message-outside", "event-dialog", "event-conference", "event-message-summary",
	"service-call-hold-both", "service-transfer-attended", "service-transfer-unattended", "service-forward-busy", "service-find-me",
	"service-simultaneous-ring", "service-call-pickup",
}

const maxSkew = 50 * time.Millisecond

// TestDisorder captures what happened as mirror ports do: one direction late, neighbours in the other order, packets twice,
// and the clock set between two sessions. What the records say of it stays the same, and times differ by no more than the
// capture's.
func TestDisorder(t *testing.T) {
	seed := seedOf(t)
	r := rand.New(rand.NewPCG(seed, 1))
	for i, name := range orderly {
		t.Run(name, func(t *testing.T) {
			packets := scenario(t, name)
			want := readPackets(t, packets)
			for _, host := range senders(packets) {
				skew := time.Duration(r.Int64N(int64(maxSkew)))
				got := readPackets(t, late(packets, host, skew))
				sameButForSkew(t, fmt.Sprintf("seed %d: what %v sends %v late", seed, host, skew), want, got)
			}
			for range 3 {
				sameButForSkew(t, fmt.Sprintf("seed %d: neighbours swapped", seed), want, readPackets(t, swapped(r, packets)))
			}
			copies := withSomeTwice(r, packets)
			sameButForSkew(t, fmt.Sprintf("seed %d: packets twice", seed), want, readPackets(t, copies))

			// Another session follows, after the clock was set back.
			other := scenario(t, orderly[(i+1)%len(orderly)])
			back := time.Duration(r.Int64N(int64(time.Hour))) + 2*time.Minute
			both := append(slices.Clone(packets), moved(other, packets[len(packets)-1].Time+int64(time.Minute)-int64(back)-other[0].Time)...)
			steady := append(slices.Clone(packets), moved(other, packets[len(packets)-1].Time+int64(time.Minute)-other[0].Time)...)
			sameButForSkew(t, fmt.Sprintf("seed %d: the clock set back by %v before another session", seed, back), readPackets(t, steady), readPackets(t, both))
		})
	}
}

// seedOf returns the seed of a property test: the same one each time, or that of the variable TEST_SEED, where “random” draws one.
func seedOf(t *testing.T) uint64 {
	t.Helper()
	var seed uint64 = 1
	switch text := os.Getenv("TEST_SEED"); text {
	case "":
	case "random":
		seed = rand.Uint64()
	default:
		_, err := fmt.Sscan(text, &seed)
		check(t, err)
	}
	t.Logf("TEST_SEED=%d", seed)
	return seed
}

func scenario(t *testing.T, name string) []pcapwrite.Packet {
	t.Helper()
	text, err := os.ReadFile("../../testdata/golden/" + name + ".txtar")
	if err != nil {
		t.Fatal(err)
	}
	packets := parseFlow(t, string(txtar.Parse(text).Files[0].Data)).Packets()
	// Every capture goes on until all sessions have ended by themselves.
	return append(packets, pcapwrite.Packet{Time: packets[len(packets)-1].Time + int64(10*time.Minute), Data: make([]byte, 60)})
}

// sender returns the address that sent an Ethernet frame, nil if it is no IP packet.
func sender(frame []byte) []byte {
	switch {
	case len(frame) >= 34 && frame[12] == 0x08 && frame[13] == 0x00:
		return frame[26:30]
	case len(frame) >= 54 && frame[12] == 0x86 && frame[13] == 0xdd:
		return frame[22:38]
	}
	return nil
}

func senders(packets []pcapwrite.Packet) (all [][]byte) {
	for _, p := range packets {
		if s := sender(p.Data); s != nil && !slices.ContainsFunc(all, func(o []byte) bool { return bytes.Equal(o, s) }) {
			all = append(all, s)
		}
	}
	return all
}

// late returns the packets as a port shows them that delivers those of one host late.
func late(packets []pcapwrite.Packet, host []byte, by time.Duration) []pcapwrite.Packet {
	all := slices.Clone(packets)
	for i := range all {
		if bytes.Equal(sender(all[i].Data), host) {
			all[i].Time += int64(by)
		}
	}
	slices.SortStableFunc(all, func(a, b pcapwrite.Packet) int { return cmp.Compare(a.Time, b.Time) })
	return all
}

// swapped returns the packets with some neighbours of different senders in the other order.
func swapped(r *rand.Rand, packets []pcapwrite.Packet) []pcapwrite.Packet {
	all := slices.Clone(packets)
	for i := 0; i+1 < len(all); i++ {
		a, b := &all[i], &all[i+1]
		if b.Time-a.Time < int64(maxSkew) && !bytes.Equal(sender(a.Data), sender(b.Data)) && r.IntN(2) == 0 {
			a.Data, b.Data = b.Data, a.Data
			i++
		}
	}
	return all
}

func withSomeTwice(r *rand.Rand, packets []pcapwrite.Packet) (all []pcapwrite.Packet) {
	for _, p := range packets {
		all = append(all, p)
		if r.IntN(2) == 0 {
			p.Time += 20e3
			all = append(all, p)
		}
	}
	slices.SortStableFunc(all, func(a, b pcapwrite.Packet) int { return cmp.Compare(a.Time, b.Time) })
	return all
}

func moved(packets []pcapwrite.Packet, by int64) []pcapwrite.Packet {
	all := slices.Clone(packets)
	for i := range all {
		all[i].Time += by
	}
	return all
}

// sameButForSkew compares records: what happened, and durations within twice the skew.
func sameButForSkew(t *testing.T, what string, want, got []map[string]any) {
	t.Helper()
	if diff := gocmp.Diff(results(want), results(got)); diff != "" {
		t.Errorf("%s: -want +got:\n%s", what, diff)
		return
	}
	for _, w := range want {
		i := slices.IndexFunc(got, func(g map[string]any) bool { return result(g) == result(w) })
		for name, v := range w {
			if !strings.HasSuffix(name, "_ms") {
				continue
			}
			have, there := got[i][name]
			if there && math.Abs(have.(float64)-v.(float64)) > 2*float64(maxSkew/time.Millisecond)+0.1 {
				t.Errorf("%s: %s: %s is %v, want %v", what, result(w), name, have, v)
			}
		}
	}
}

// result is what became of a session. Which of two notifiers of a forked SUBSCRIBE the lifetime in its 2xx belongs to may
// depend on who is heard first.
func result(r map[string]any) string {
	return fmt.Sprint(r["record"], " ", r["call_id"], " ", r["method"], " ", r["disposition"], r["outcome"], " ", r["status"], " ", r["services"], " ", r["notifies"])
}

func results(records []map[string]any) (all []string) {
	for _, r := range records {
		all = append(all, result(r))
	}
	slices.Sort(all)
	return all
}
