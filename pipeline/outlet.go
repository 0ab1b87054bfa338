package pipeline

// outlet is a reader's way to one worker: the batch being filled and the channels it travels through.
type outlet struct {
	full chan<- *batch
	free <-chan *batch
	cur  *batch
}

// take makes sure that there is a batch with room for n bytes. With wait it blocks until one is free; without, it
// reports false when none is.
func (o *outlet) take(reader, n int, mark int64, wait bool) bool {
	if o.cur != nil && o.cur.fits(n) {
		return true
	}
	o.send(mark)
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

// send hands over the batch being filled, if any.
func (o *outlet) send(mark int64) {
	if o.cur == nil {
		return
	}
	o.cur.mark = mark
	o.full <- o.cur
	o.cur = nil
}

// tick hands over what there is, or an empty batch that only moves the worker's time on. It never blocks without wait.
func (o *outlet) tick(reader int, mark int64, wait bool) {
	if o.cur == nil && !o.take(reader, 0, mark, wait) {
		return
	}
	o.send(mark)
}
