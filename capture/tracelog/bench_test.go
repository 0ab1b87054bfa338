package tracelog

import (
	"bytes"
	"strings"
	"testing"

	"sipspan/capture"
)

// BenchmarkReader reads a server's trace, and lines of a log without messages.
func BenchmarkReader(b *testing.B) {
	all := logs(b)
	noise := strings.Repeat("[2026-11-21 09:30:00.123] VERBOSE[812][C-00000012] pbx.c: Executing [bob@internal:1] Dial(\"PJSIP/alice\", \"PJSIP/bob,20\") in new stack\n", 2000)
	for name, text := range map[string][]byte{"server": bytes.Repeat(all["trace-server.txtar"], 50), "noise": []byte(noise)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				r := New(bytes.NewReader(text))
				var f capture.Frame
				for r.Next(&f) == nil {
				}
			}
		})
	}
}
