package session

import "testing"

// What it costs that a call waits: packing it, and thawing it for its BYE.
func BenchmarkPack(b *testing.B) {
	h := newHarness(b, 1, nil)
	for _, m := range flow(established).messages(b) {
		h.handle(&m)
	}
	tr := h.trackers[0]
	tr.idles.never = true
	tr.Advance(h.last + int64(20e9))
	g := tr.group(tr.groups.busy[0].hash, []byte(tr.groups.busy[0].callID))
	b.ReportAllocs()
	b.Run("pack", func(b *testing.B) {
		for b.Loop() {
			tr.packGroup(g)
		}
		b.ReportMetric(float64(len(tr.packed)), "bytes")
	})
	after := tr.blankGroup()
	after.call = tr.calls.blankCall()
	b.Run("unpack", func(b *testing.B) {
		for b.Loop() {
			callIn(after).text.Reset()
			tr.unpack(tr.packed, after)
		}
	})
}
