package ingest

import (
	"strings"
	"testing"
	"time"

	"sipspan/capture"
	"sipspan/internal/dev/sipgen"
	"sipspan/reassembly"
)

// TestNoPause gives the frames that may show that the clock was set: the response to the last request, unless it can have
// taken so long.
func TestNoPause(t *testing.T) {
	response := func(from string) string { return strings.Replace(from, "OPTIONS sip:b SIP/2.0", "SIP/2.0 200 OK", 1) }
	for name, tt := range map[string]struct {
		second string
		passed time.Duration
		want   bool
	}{
		"the response":                   {response(options), time.Hour, true},
		"the response, soon":             {response(options), 32 * time.Second, false},
		"the response to an earlier one": {strings.Replace(response(options), "CSeq: 1", "CSeq: 2", 1), time.Hour, false},
		"that of another Call-ID":        {strings.Replace(response(options), "1@a", "2@a", 1), time.Hour, false},
		"a request":                      {options, time.Hour, false},
		"no SIP":                         {"hello\n\n", time.Hour, false},
	} {
		f, err := sipgen.ParseFlow("hosts: a=192.0.2.1 b=192.0.2.2\n\n@0 b -> a udp\n" + strings.Replace(options, "1@a", "0@b", 1) +
			"\n@1 a -> b udp\n" + options + "\n@2 b -> a udp\n" + tt.second)
		if err != nil {
			t.Fatal(err)
		}
		packets := f.Packets()
		in := New(reassembly.DefaultConfig(), Options{}, new(recorder))
		for _, p := range packets[:2] {
			in.Frame(&capture.Frame{Data: p.Data, Link: 1}, p.Time, p.Time)
		}
		if got := in.NoPause(&capture.Frame{Data: packets[2].Data, Link: 1}, tt.passed); got != tt.want {
			t.Errorf("%s after %v: %v, want %v", name, tt.passed, got, tt.want)
		}
	}
}
