package pipeline

import (
	"fmt"
	"testing"

	"sipspan/internal/wire"
	"sipspan/session/correlate"
	"sipspan/session/link"
)

// TestOpenCallsEndInTheirOrder ends a capture in which more calls are open than one delivery takes: their records come in the
// order of their IDs, none from before what was said to be reached, and nobody ever holds most of them.
func TestOpenCallsEndInTheirOrder(t *testing.T) {
	const calls = 3000
	s := settings(1)
	merged := make(chan delivery, 2*calls)
	w := newWorker(0, 1, 1, s.Pipeline, s.Session, merged)
	for i := range calls {
		id := fmt.Sprintf("c%d@192.0.2.1", i)
		b := newBatch(4 << 10)
		for _, text := range []string{
			"INVITE sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK%[1]d\r\nFrom: <sip:a@example.com>;tag=1\r\n" +
				"To: <sip:bob@example.com>\r\nCall-ID: c%[1]d@192.0.2.1\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n",
			"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK%[1]d\r\nFrom: <sip:a@example.com>;tag=1\r\n" +
				"To: <sip:bob@example.com>;tag=2\r\nCall-ID: c%[1]d@192.0.2.1\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n",
		} {
			it := b.add(fmt.Appendf(nil, text, i), nil)
			it.shard, it.callID = wire.ShardOf(wire.HashCallID([]byte(id))), wire.TableHash([]byte(id))
			it.meta = wire.Meta{Time: int64(i+1) * 1e6, Transport: wire.UDP}
		}
		b.watermark = int64(i+1) * 1e6
		<-w.free
		w.process(b)
	}
	w.close()
	close(merged)

	counted, most, former := 0, 0, ""
	var reached correlate.Mark
	for d := range merged {
		n := 0
		for _, e := range d.emitted {
			f, ok := e.rec.(*link.FinishedCall)
			if !ok {
				continue
			}
			n++
			if f.ID <= former || (correlate.Mark{At: e.at, ID: f.ID}).Before(reached) {
				t.Fatalf("the record %s comes after %s, when %v was reached", f.ID, former, reached)
			}
			former = f.ID
		}
		if d.reached.Before(reached) {
			t.Fatalf("%v is reached after %v", d.reached, reached)
		}
		counted, most, reached = counted+n, max(most, n), d.reached
	}
	if counted != calls || most > calls/2 {
		t.Errorf("%d records of calls, up to %d in one delivery", counted, most)
	}
}
