package reassembly

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sipspan/internal/packet"
)

// A window that is closed for a second or more is reported, when that goes on ever more seldom, and when it is opened.
func TestWindow(t *testing.T) {
	full := func(p *packet.Packet) *packet.Packet { p.TCP.Window = 0; return p }
	for _, tt := range []struct {
		name string
		acks []step
		want []string
	}{
		{"short", []step{{1e9, full(down(1, 5, 0, "")), Control}, {1.9e9, down(1, 5, 0, ""), Control}}, nil},
		{"long", []step{
			{1e9, full(down(1, 5, 0, "")), Control}, {1.5e9, full(down(1, 5, 0, "")), Control}, {2.5e9, full(down(1, 5, 0, "")), Control},
			{2.6e9, full(down(1, 5, 0, "")), Control}, {6.1e9, full(down(1, 5, 0, "")), Control}, {8.5e9, full(down(1, 5, 0, "")), Control},
			{9e9, down(1, 5, 0, ""), Control},
		}, []string{"40000 window 1-2 false", "40000 window 1-6 false", "40000 window 1-9 true"}},
		{"twice", []step{
			{1e9, full(down(1, 5, 0, "")), Control}, {3e9, down(1, 5, 0, ""), Control}, {4e9, down(1, 5, 0, ""), Control},
			{5e9, full(down(1, 5, 0, "")), Control}, {7e9, down(1, 5, 0, ""), Control},
		}, []string{"40000 window 1-3 true", "40000 window 5-7 true"}},
		{"nothing more to send", []step{
			{1e9, up(5, 1, packet.FIN, ""), Control}, {1e9, full(down(1, 6, 0, "")), Control}, {3e9, full(down(1, 6, 0, "")), Control},
		}, []string{"40000 fin"}},
	} {
		c := newCollector(t)
		s := NewStreams(DefaultConfig().TCP, c)
		for _, step := range append([]step{{0, up(1, 1, 0, "data"), Taken}}, tt.acks...) {
			if fate := s.Add(step.at, step.p); fate != step.fate {
				t.Errorf("%s: fate %v, want %v", tt.name, fate, step.fate)
			}
		}
		if diff := cmp.Diff(tt.want, c.events); diff != "" {
			t.Errorf("%s: -want +got:\n%s", tt.name, diff)
		}
	}
}
