package session

import (
	"testing"

	"sipspan/record"
	"sipspan/session/shard"
)

// A change of the session that met another is settled once, and is a failure only when it is not tried again.
func TestGlare(t *testing.T) {
	const met = established + `
		10.00 a>b INVITE 2 to=t sdp
		10.10 b>a 491 INVITE 2 to=t
		10.11 a>b ACK 2 to=t`
	for _, tt := range []struct {
		name     string
		flow     flow
		idle     float64
		failures int
	}{
		{"tried again", met + `
			12.00 a>b INVITE 3 to=t via=3 sdp
			12.10 b>a 200 INVITE 3 to=t via=3 sdp
			12.11 a>b ACK 3 to=t via=4`, 60, 0},
		{"tried again at the end of the capture", met + `
			12.00 a>b INVITE 3 to=t via=3 sdp
			12.10 b>a 200 INVITE 3 to=t via=3 sdp`, 0, 0},
		{"the call ends", met + `
			12.00 a>b BYE 3 to=t via=3
			12.10 b>a 200 BYE 3 to=t via=3`, 60, 0},
		{"the capture ends", met, 0, 0},
		{"tried again in vain", met + `
			12.00 a>b INVITE 3 to=t via=3 sdp
			12.10 b>a 488 INVITE 3 to=t via=3`, 60, 1},
		{"never tried again", met, 60, 1},
		{"what the other side changes tries nothing again", met + `
			12.00 b>a INVITE 7 from=t to=f via=3 sdp
			12.10 a>b 200 INVITE 7 from=t to=f via=3 sdp`, 60, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, all := range []bool{false, true} {
				h := newHarness(t, 1, func(c *shard.Config) { c.AllTransactions = all })
				for _, m := range tt.flow.messages(t) {
					h.handle(&m)
				}
				h.idle(tt.idle)
				failures, refused := 0, 0
				for _, r := range h.close() {
					switch r := r.(type) {
					case *record.Failure:
						failures++
					case *record.Transaction:
						if r.Status == 491 {
							refused++
						}
					}
				}
				if failures != tt.failures || all && refused != 1 {
					t.Errorf("all transactions %t: %d failures, the refusal is written %d times", all, failures, refused)
				}
			}
		})
	}
}
