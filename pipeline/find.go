package pipeline

import (
	"cmp"
	"slices"

	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/record"
)

// Place returns where the messages were captured whose Meta.Origin is that number, nil for the one plain interface. Nobody may change it. It may be called from
// any goroutine.
func (p *Pipeline) Place(origin uint32) *record.Capture { return p.origins.Capture(origin) }

// Recent returns what is left in memory of the messages of some Call-IDs, in the order of packet time. It returns nothing
// unless Settings.Recent gave them room. What must not be handed on is overwritten: see sip.Blank. It may be called from any
// goroutine at any time, from within the sink too, and does not wait for the workers.
func (p *Pipeline) Recent(callIDs []string) []Message {
	of := make(map[uint64]int, len(callIDs))
	for i, id := range callIDs {
		if hash := wire.TableHash([]byte(id)); id != "" {
			if _, twice := of[hash]; !twice {
				of[hash] = i
			}
		}
	}
	if len(of) == 0 {
		return nil
	}
	var found []Message
	for _, w := range p.workers {
		if w.recent != nil {
			found = w.recent.find(found, of)
		}
	}
	for i := range found {
		sip.Blank(found[i].Raw, p.text)
	}
	// Those of one Call-ID are in order already: one worker has them all.
	slices.SortStableFunc(found, func(a, b Message) int {
		return cmp.Or(cmp.Compare(a.Meta.Time, b.Meta.Time), cmp.Compare(a.Of, b.Of))
	})
	if p.epochs.Differs() {
		for i := range found {
			found[i].Meta.Time = p.epochs.Stamp(found[i].Meta.Time)
		}
	}
	return found
}
