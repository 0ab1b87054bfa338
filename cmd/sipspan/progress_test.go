package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestProgressLine(t *testing.T) {
	var p progress
	for _, test := range []struct {
		read, total int64
		elapsed     time.Duration
		want        string
	}{
		{0, 100, 0, "  0 % [                              ] 0 B of 100 B, 0 B/s"},
		{512 << 10, 1 << 20, time.Second, " 50 % [===============               ] 512.0 KiB of 1.0 MiB, 512.0 KiB/s, 1s left"},
		{3 << 30, 3 << 30, 2 * time.Second, "100 % [==============================] 3.0 GiB of 3.0 GiB, 1.5 GiB/s"},
		{200, 100, time.Second, "100 % [==============================] 200 B of 100 B, 200 B/s"},
		{5 << 40, 0, 1024 * time.Second, "5.0 TiB read, 5.0 GiB/s"},
	} {
		if got := p.line(test.read, test.total, test.elapsed); got != test.want {
			t.Errorf("line(%d, %d, %v)\n got %q\nwant %q", test.read, test.total, test.elapsed, got, test.want)
		}
	}
}

func TestProgressDrawsAFewTimesASecond(t *testing.T) {
	var out bytes.Buffer
	clock := time.Unix(1000, 0)
	p := &progress{w: &out, now: func() time.Time { return clock }, start: clock}
	for range 100 {
		clock = clock.Add(10 * time.Millisecond)
		p.Update(1, 2)
	}
	p.Clear()
	if n := strings.Count(out.String(), "%"); n != 4 {
		t.Errorf("drawn %d times in a second", n)
	}
	if !strings.HasSuffix(out.String(), "\r\x1b[K") {
		t.Errorf("the line stays: %q", out.String())
	}
}

func TestNoProgressOutsideATerminal(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out)
	p.Update(1, 2)
	p.Clear()
	if p != nil || out.Len() != 0 {
		t.Errorf("drew %q", out.String())
	}
}

// The line never reaches the last column of a terminal, however narrow that is.
func TestProgressFits(t *testing.T) {
	line := (&progress{}).line(512<<30, 1023<<30, 100*time.Hour)
	for _, columns := range []int{1, 20, 50, 79, 80, 200} {
		if got := fitting(line, columns); len(got) >= columns || columns > len(line) && got != line {
			t.Errorf("%d columns: %q", columns, got)
		}
	}
	if got := fitting(line, 60); !strings.HasPrefix(got, " 50 % [") || !strings.Contains(got, "512.0 GiB") {
		t.Errorf("the figures are cut before the bar is: %q", got)
	}
}
