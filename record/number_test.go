package record

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"
)

func TestAppendMilliseconds(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0", 1: "0.000001", -1: "-0.000001", time.Millisecond: "1", 1500 * time.Microsecond: "1.5", 1234567890: "1234.56789",
		10 * time.Millisecond: "10", math.MaxInt64: "9223372036854.775807", math.MinInt64: "-9223372036854.775808", time.Hour: "3600000",
	} {
		if got := string(appendMilliseconds(nil, d)); got != want {
			t.Errorf("%d ns = %s, want %s", d, got, want)
		}
		if _, err := strconv.ParseFloat(want, 64); err != nil {
			t.Error(err)
		}
	}
}

func TestAppendTime(t *testing.T) {
	for ns, want := range map[int64]string{
		1: "1970-01-01T00:00:00.000000001Z", 1_000_000_000: "1970-01-01T00:00:01.000000000Z", -1: "1969-12-31T23:59:59.999999999Z",
		math.MaxInt64: "2262-04-11T23:47:16.854775807Z",
	} {
		if got := string(appendTime(nil, ns)); got != want {
			t.Errorf("%d = %s, want %s", ns, got, want)
		}
	}
}

func TestAppendTimeIsThatOfPackageTime(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	check := func(ns int64) {
		if got, want := string(appendTime(nil, ns)), time.Unix(0, ns).UTC().Format(timeLayout); got != want {
			t.Fatalf("%d = %s, want %s", ns, got, want)
		}
	}
	for day := range int64(106_000) { // to 2260
		check(day * 86400e9)
		check(day*86400e9 + 86400e9 - 1)
	}
	for range 100_000 {
		check(random.Int64())
	}
	check(math.MinInt64)
}

func TestFloatIsNeverBroken(t *testing.T) {
	for f, want := range map[float64]string{0.25: "0.25", 1e21: "1000000000000000000000", math.NaN(): "", math.Inf(1): ""} {
		m := members{json: []byte("{")}
		m.float("v", &f)
		if want != "" {
			want = `"v":` + want
		}
		if got := string(m.json[1:]); got != want {
			t.Errorf("%v = %s, want %s", f, got, want)
		}
	}
}
