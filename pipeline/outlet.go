package pipeline

// outlet leads from a reader to one worker. It holds the batch that is being filled and the channels that batches travel
// through.
type outlet struct {
	full   chan<- *batch
	free   <-chan *batch
	cur    *batch
	newest *int64 // what the reader knows of batch.newest
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

// send hands over the batch that is being filled, if any.
func (o *outlet) send(watermark int64) {
	if o.cur == nil {
		return
	}
	o.cur.watermark, o.cur.newest = watermark, *o.newest
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
