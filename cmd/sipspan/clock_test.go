package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sipspan/capture"
	"sipspan/capture/pcapfile"
	"sipspan/capture/pcapwrite"
	"sipspan/internal/dev/sipgen"
)

// TestSameTime holds packets up now and then and lets those behind catch up: with the very same time, as a coarse clock
// or a busy kernel stamps them, a microsecond apart, and ten. Their order is all that is left to tell what came first,
// and the records are the same but for the times.
func TestSameTime(t *testing.T) {
	traffic := liveTraffic(t, 4000)
	want := timelessLines(t, readJSON(t, traffic.file))
	for _, apart := range []time.Duration{0, time.Microsecond, 10 * time.Microsecond} {
		for seed := range uint64(3) {
			t.Run(fmt.Sprintf("%v apart, seed %d", apart, seed), func(t *testing.T) {
				held := filepath.Join(t.TempDir(), "held.pcap")
				holdUp(t, traffic.file, held, apart, rand.New(rand.NewPCG(seed, 1)))
				if diff := cmp.Diff(want, timelessLines(t, readJSON(t, held))); diff != "" {
					t.Errorf("records (-as sent +held up):\n%s", diff)
				}
			})
		}
	}
}

// holdUp copies a capture in which every three hundredth packet or so, and all behind it, come up to 0.9 s late. The pauses
// behind it are shortened until the time is made up for.
func holdUp(t *testing.T, from, to string, apart time.Duration, r *rand.Rand) {
	t.Helper()
	var last int64
	restamp(t, from, to, func(at int64) int64 {
		if r.IntN(300) == 0 {
			at += r.Int64N(int64(900 * time.Millisecond))
		}
		last = max(at, last+int64(apart))
		return last
	})
}

type traffic struct {
	file     string
	messages int
}

// liveTraffic writes synthetic traffic whose calls are played twenty times faster than people talk.
func liveTraffic(t *testing.T, messages int) traffic {
	t.Helper()
	folder := t.TempDir()
	slow, fast := filepath.Join(folder, "slow.pcap"), filepath.Join(folder, "fast.pcap")
	out, err := os.Create(slow)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (sipgen.Load{Seed: 7, Messages: messages, Rate: 10, RTP: 3}).WriteCapture(out); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	var first int64
	restamp(t, slow, fast, func(at int64) int64 {
		if first == 0 {
			first = at
		}
		return first + (at-first)/20
	})
	return traffic{fast, messages}
}

// restamp copies a capture with other times.
func restamp(t *testing.T, from, to string, stamp func(at int64) int64) {
	t.Helper()
	source, err := pcapfile.Open([]string{from}, pcapfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	w, err := pcapwrite.NewWriter(out, pcapwrite.Format{})
	if err != nil {
		t.Fatal(err)
	}
	var f capture.Frame
	for {
		if err := source.Next(&f); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(pcapwrite.Packet{Time: stamp(f.Time), Data: f.Data}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
}

// spelled is a duration in a sentence.
var spelled = regexp.MustCompile(`\b[0-9]+ m?s\b`)

// timelessLines returns the records without what the clock decides, sorted, without the stats.
func timelessLines(t *testing.T, lines string) []string {
	t.Helper()
	var out []string
	for line := range strings.Lines(lines) {
		var r map[string]any
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if r["record"] == "stats" {
			continue
		}
		timeless(r)
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, spelled.ReplaceAllString(string(text), "a while"))
	}
	slices.Sort(out)
	return out
}

// timeless drops the members that hold a time, a duration, or an identifier made of one.
func timeless(v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			if name == "id" || name == "start" || name == "end" || name == "time" || name == "what" || strings.HasSuffix(name, "_ms") {
				delete(v, name)
				continue
			}
			timeless(member)
		}
	case []any:
		for _, element := range v {
			timeless(element)
		}
	}
}
