package session

import (
	"testing"
	"time"

	"sipspan/decode/presence"
	"sipspan/record"
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
			c := NewCorrelator(DefaultConfig(), func(record.Record) {})
			shared := new(news)
			for _, w := range tt.told {
				at := int64(w.at * float64(time.Second))
				c.Announce(at, Announcement{Sighting: PresenceSeen, Time: at, observed: &observation{entity: 7, watcher: w.watcher, basic: w.basic, news: shared}})
			}
			c.Close()
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

func TestPresentityKey(t *testing.T) {
	same := presentityKey([]byte("sip:Bob@Example.com"))
	for _, uri := range []string{"pres:bob@example.com", "sips:bob@example.com;transport=tls", "bob@EXAMPLE.com"} {
		if presentityKey([]byte(uri)) != same {
			t.Errorf("%s is somebody else", uri)
		}
	}
	for _, uri := range []string{"sip:bobby@example.com", "sip:bob@example.org", "urn:x:bob", ""} {
		if presentityKey([]byte(uri)) == same {
			t.Errorf("%s is the same", uri)
		}
	}
}

func TestPresentitiesAreBounded(t *testing.T) {
	cfg := DefaultConfig()
	cfg.MaxResources = 10
	c := NewCorrelator(cfg, func(record.Record) {})
	for i := range 25 {
		c.seePresence(&observation{entity: uint64(i), basic: presence.Open, news: new(news)}, int64(i))
	}
	n := c.Counters()
	if len(c.presentities.byKey) != 10 || n.Tracked[stats.TablePresentities] != 10 || n.Evicted[stats.TablePresentities] != 15 {
		t.Errorf("%d followed, %d tracked, %d evicted", len(c.presentities.byKey), n.Tracked[stats.TablePresentities], n.Evicted[stats.TablePresentities])
	}
}
