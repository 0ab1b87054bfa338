package report

import (
	"testing"
	"time"
)

func TestUnits(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 ms", 1500 * time.Microsecond: "1.50 ms", 12345 * time.Microsecond: "12.3 ms", 999600 * time.Microsecond: "1.00 s", 99_960 * time.Microsecond: "100 ms",
		1234 * time.Millisecond: "1.23 s", 9_996 * time.Millisecond: "10.0 s", 59_960 * time.Millisecond: "1 min 00 s", 61 * time.Second: "1 min 01 s",
		90 * time.Minute: "1 h 30 min", 50 * time.Hour: "2 d 02 h", 27 * year: "27.0 years",
	} {
		if got := span(d); got != want {
			t.Errorf("span(%v) = %q, want %q", d, got, want)
		}
	}
	for n, want := range map[uint64]string{0: "0 B", 1023: "1023 B", 1024: "1.0 KiB", 1<<20 - 1: "1.0 MiB", 1 << 63: "8.0 EiB"} {
		if got := size(n); got != want {
			t.Errorf("size(%d) = %q, want %q", n, got, want)
		}
	}
	for n, want := range map[uint64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := number(n); got != want {
			t.Errorf("number(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestSpread(t *testing.T) {
	var s spread
	for i := range 10_000 {
		s.add(time.Duration(i+1) * time.Millisecond)
	}
	for q, want := range map[float64]time.Duration{0.5: 5 * time.Second, 0.95: 9500 * time.Millisecond, 0: time.Millisecond, 1: 10 * time.Second} {
		if got := s.quantile(q); got < want*99/100 || got > want*101/100 {
			t.Errorf("quantile %v = %v, want about %v", q, got, want)
		}
	}
	for _, v := range []uint64{0, 1, 127, 128, 129, 255, 256, 1 << 20, 1<<62 + 12345, 1<<63 - 1} {
		i := step(v)
		if low, high := floor(i), floor(i+1); v < low || v >= high || float64(high-low) > max(1, float64(v)/100) {
			t.Errorf("%d is in step %d, from %d to %d", v, i, low, high)
		}
	}
}

func TestFoldAndClip(t *testing.T) {
	if got := clip("日本語のテキスト", 7); got != "日本語…" || columns(got) != 7 {
		t.Errorf("%q, %d columns", got, columns(got))
	}
	if got := columns("e\u0301"); got != 1 {
		t.Errorf("a combining accent takes %d columns", got)
	}
	if got := fold("a · bb · ccc", " · ", 6); len(got) != 2 || got[0] != "a · bb" || got[1] != "ccc" {
		t.Errorf("%q", got)
	}
}
