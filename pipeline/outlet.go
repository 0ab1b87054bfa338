package pipeline

import "sync/atomic"

// outlet leads from a reader to one worker. It holds the batch that is being filled and the channels that batches travel
// through.
type outlet struct {
	full chan<- *batch
	free <-chan *batch
	load *atomic.Uint32 // the Shedding of the worker
	cur  *batch
	from *reader // what it knows goes with each batch
}

// take makes sure that there is a batch with room for n bytes. With wait it blocks until one is free; without wait it
// returns false when none is. watermark is for the batch that this one replaces.
func (o *outlet) take(reader, n int, watermark int64, wait bool) bool {
	if o.cur != nil && o.cur.fits(n) {
		return true
	}
	o.send(watermark)
	if wait {
		o.cur = <-o.free
	} else {
		select {
		case o.cur = <-o.free:
		default:
			return false
		}
	}
	o.cur.reader = reader
	return true
}

// busy reports whether more than a quarter of the batches wait for the worker, so that it has nothing from another one before they are done.
func (o *outlet) busy() bool { return len(o.full)*4 > cap(o.full) }

// send hands over the batch that is being filled, if any.
func (o *outlet) send(watermark int64) {
	if o.cur == nil {
		return
	}
	o.cur.watermark, o.cur.newest, o.cur.behind = watermark, o.from.newest, o.from.pressure.behind
	o.full <- o.cur
	o.cur = nil
}

// tick hands over the batch that is being filled, or an empty one that only advances the worker's time. Without wait it does
// not block.
func (o *outlet) tick(reader int, watermark int64, wait bool) {
	if o.cur == nil && !o.take(reader, 0, watermark, wait) {
		return
	}
	o.send(watermark)
}
