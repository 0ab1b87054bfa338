package correlate

import (
	"testing"
	"time"

	"sipspan/decode/presence"
	"sipspan/internal/wire"
	"sipspan/record"
	"sipspan/session/link"
	"sipspan/session/stats"
)

// Whoever is told of a presentity, a change of it is counted once.
func TestPresenceChangesOfAPresentity(t *testing.T) {
	const (
		open   = presence.Open
		closed = presence.Closed
	)
	type told struct {
		at      float64
		watcher uint64
		basic   presence.Basic
	}
	for name, tt := range map[string]struct {
		told         []told
		open, closed uint64
		flapping     int
	}{
		"the first word is no change": {[]told{{0, 1, open}, {1, 2, open}}, 0, 0, 0},
		"two watchers, one change":    {[]told{{0, 1, open}, {1, 2, open}, {10, 1, closed}, {10.02, 2, closed}}, 0, 1, 0},
		"two watchers, one slower": {[]told{{0, 1, open}, {1, 2, open}, {10, 1, closed}, {11, 1, open}, {11.5, 2, closed}, {12, 2, open}},
			1, 1, 0},
		"between two subscriptions of one watcher": {[]told{{0, 1, closed}, {100, 1, open}}, 1, 0, 0},
		"the next watcher finds it changed":        {[]told{{0, 1, closed}, {100, 2, open}}, 1, 0, 0},
		"another watcher goes on":                  {[]told{{0, 1, closed}, {100, 1, open}, {110, 2, closed}}, 1, 1, 0},
		"flapping over all subscriptions": {[]told{{0, 1, open}, {10, 2, closed}, {20, 3, open}, {30, 1, closed}, {40, 2, open}, {50, 3, closed}},
			2, 3, 1},
	} {
		t.Run(name, func(t *testing.T) {
			c := New(settings(), func(record.Record) {})
			for _, w := range tt.told {
				at := int64(w.at * float64(time.Second))
				c.Announce(at, link.Announcement{CallID: "c", Time: at, Fact: link.Presence{Entity: 7, Watcher: w.watcher, Basic: w.basic, Subscription: 1}})
			}
			c.Advance(wire.Never)
			shared := c.presentities.takeNews(sessionKey{hashOf("c"), 1})
			n := c.Counters()
			if n.PresenceChanges[open] != tt.open || n.PresenceChanges[closed] != tt.closed || shared.flapping != tt.flapping {
				t.Errorf("%d to open, %d to closed, flapping %d; want %d, %d, %d", n.PresenceChanges[open], n.PresenceChanges[closed], shared.flapping, tt.open, tt.closed, tt.flapping)
			}
			if uint64(shared.changes) != tt.open+tt.closed {
				t.Errorf("%d news", shared.changes)
			}
		})
	}
}

func TestPresentitiesAreBounded(t *testing.T) {
	cfg := settings()
	cfg.MaxResources = 10
	c := New(cfg, func(record.Record) {})
	for i := range 25 {
		c.observePresence(&link.Announcement{Time: int64(i)}, &link.Presence{Entity: uint64(i), Basic: presence.Open})
	}
	n := c.Counters()
	if len(c.presentities.byKey) != 10 || n.Tracked[stats.TablePresentities] != 10 || n.Evicted[stats.TablePresentities] != 15 {
		t.Errorf("%d followed, %d tracked, %d evicted", len(c.presentities.byKey), n.Tracked[stats.TablePresentities], n.Evicted[stats.TablePresentities])
	}
}
