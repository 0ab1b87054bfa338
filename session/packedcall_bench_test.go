package session

import (
	"fmt"
	"strings"
	"testing"

	"sipspan/internal/wire"
)

// What it costs that a call waits: packing it, and thawing it for its BYE.
func BenchmarkPack(b *testing.B) {
	h := newHarness(b, 1, nil)
	for _, m := range flow(established).messages(b) {
		h.handle(&m)
	}
	tr := h.trackers[0]
	tr.idles.never = true
	tr.Advance(h.last + int64(20e9))
	g := tr.group(tr.groups.busy[0].Hash, []byte(tr.groups.busy[0].CallID))
	b.ReportAllocs()
	b.Run("pack", func(b *testing.B) {
		for b.Loop() {
			tr.pack(g, nil)
		}
		packed, _ := tr.pack(g, nil)
		b.ReportMetric(float64(len(packed)), "bytes")
	})
	after := tr.blankGroup()
	packed, _ := tr.pack(g, nil)
	b.Run("unpack", func(b *testing.B) {
		for b.Loop() {
			tr.unpack(packed, after)
			tr.calls.Recycle(after)
			after.Requests, after.Keys = after.Requests[:0], after.Keys[:0]
		}
	})
}

// How long a worker stops for its messages while it packs a shard: of 100,000 open calls, one in 32 is in it. Calls that are packed
// already are copied.
func BenchmarkPackShard(b *testing.B) {
	for name, immediate := range map[string]bool{"busy": false, "waiting": true} {
		h := newHarness(b, 1, nil)
		tr := h.trackers[0]
		tr.idles = idles{never: !immediate, immediate: immediate}
		for i := range 100_000 / wire.Shards {
			named := strings.NewReplacer(" INVITE 1", fmt.Sprintf(" INVITE 1 id=c%d", i), " ACK 1", fmt.Sprintf(" ACK 1 id=c%d", i))
			for _, m := range flow(named.Replace(established)).messages(b) {
				h.handle(&m)
			}
		}
		h.idle(60)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			size := 0
			for b.Loop() {
				size = 0
				tr.Pack(func(_ uint64, packed []byte) { size += len(packed) })
			}
			b.ReportMetric(float64(size), "bytes")
			b.ReportMetric(float64(tr.arrivals.Len()), "calls")
		})
	}
}
