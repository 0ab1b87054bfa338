package limits

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

const (
	// seldom is by how many hundredths of what is in use the heap may grow between two collections.
	seldom = 400
	// minGarbage is up to how much that is, in bytes, whatever the limit.
	minGarbage = 128 << 20
)

// CollectSeldom lets the heap grow to five times what is in use before a collection, unless GOGC is set: a reading keeps little
// and is short, and every record that is written becomes garbage. It may not grow by more than 128 MiB, or an eighth of the
// limit if that is more, so that a large capture does not fill the limit with garbage.
func (c Config) CollectSeldom() {
	if os.Getenv("GOGC") != "" {
		return
	}
	p := pace{
		most: uint64(max(minGarbage, c.Memory/8)), set: func(percent int) { debug.SetGCPercent(percent) },
		live: []metrics.Sample{{Name: "/gc/heap/live:bytes"}},
	}
	p.set(seldom)
	p.watch()
}

// pace sets after each collection how far the heap may grow until the next one: the runtime takes only a share of what is in use.
type pace struct {
	most uint64 // bytes
	set  func(percent int)
	live []metrics.Sample
}

// collection becomes garbage with each collection.
type collection struct{ pace *pace }

// watch has the next collection change the pace.
func (p *pace) watch() {
	runtime.SetFinalizer(&collection{p}, func(c *collection) {
		metrics.Read(c.pace.live)
		c.pace.set(c.pace.percent(c.pace.live[0].Value.Uint64()))
		c.pace.watch()
	})
}

// percent returns what share of what is in use the heap may grow by.
func (p *pace) percent(live uint64) int { return int(min(seldom, p.most*100/max(live, 1))) }
