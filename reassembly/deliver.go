package reassembly

// deliver offers bytes that begin at d.next to the handler. d is ignored
// afterwards if the handler returns Ignore.
func (s *Streams) deliver(now int64, d *direction, data []byte) {
	d.stage = open

	q := d.queue
	if q != nil && len(q.kept) > 0 && len(q.kept)+len(data) > s.config.MaxHeldBytes {
		s.overrun(now, d)
		if d.stage == ignored {
			return
		}
		q = d.queue
	}
	d.next += uint32(len(data))
	if q == nil || len(q.kept) == 0 {
		n := 0
		if len(data) >= d.flow.Need {
			n = s.offer(now, d, data)
		}
		if n < len(data) && d.stage != ignored {
			s.keep(s.queueOf(d), data[n:])
		}
		return
	}
	s.keep(q, data)
	if len(q.kept) < d.flow.Need {
		return
	}
	n := s.offer(now, d, q.kept)
	if d.stage != ignored {
		s.take(q, n)
	}
}

// offer calls the handler with data, which end at d.next, and returns how much of them was taken.
func (s *Streams) offer(now int64, d *direction, data []byte) int {
	d.flow.Need, d.flow.Seq = 0, d.next-uint32(len(data))
	n := s.handler.Data(&d.flow, now, data)
	if n < 0 {
		d.stage = ignored
		s.release(d)
	}
	return min(n, len(data))
}

// finish offers what is kept for the last time and drops what is left of it. It
// returns how much that was.
func (s *Streams) finish(now int64, d *direction) (left int) {
	q := d.queue
	if q == nil || len(q.kept) == 0 {
		d.flow.Need = 0
		return 0
	}
	left = len(q.kept)
	d.flow.Final = true
	n := s.offer(now, d, q.kept)
	d.flow.Final, d.flow.Need = false, 0
	if d.stage == ignored {
		return 0
	}
	s.dropKept(q)
	return left - n
}

// overrun drops what is kept, for a limit.
func (s *Streams) overrun(now int64, d *direction) {
	left := s.finish(now, d)
	if d.stage == ignored || left == 0 {
		return
	}
	s.stats.Overruns++
	s.lose(now, d, left)
}

// skip gives n bytes up that the stream waits for.
func (s *Streams) skip(now int64, d *direction, n int) {
	s.finish(now, d)
	if d.stage == ignored {
		return
	}
	d.next += uint32(n)
	s.lose(now, d, n)
}

// lose reports a gap to the handler.
func (s *Streams) lose(now int64, d *direction, n int) {
	d.flow.Gap = true
	s.stats.Gaps++
	s.stats.LostBytes += uint64(n)
	s.handler.Gap(&d.flow, now, n)
}

// waiting returns how many bytes are missing before what is known to follow: a
// held segment or the FIN.
func (d *direction) waiting() (n int, known bool) {
	switch {
	case d.queue != nil && len(d.queue.held) > 0:
		return int(int32(d.queue.held[0].seq - d.next)), true
	case d.hasFIN:
		return int(int32(d.fin - d.next)), true
	}
	return 0, false
}

// settle delivers what has come into order, gives up what the other side has
// acknowledged and the capture lacks, and ends the direction at its FIN.
func (s *Streams) settle(now int64, d *direction) {
	for d.wants() {
		n, known := d.waiting()
		if !known {
			break
		}
		if n > 0 {
			if !d.covers(d.next + uint32(n)) {
				s.watch(now, d)
				return
			}
			s.skip(now, d, n)
			continue
		}
		if q := d.queue; q != nil && len(q.held) > 0 {
			g := q.pop()
			if -n < len(g.data) {
				s.deliver(now, d, g.data[-n:])
			}
			s.buffers.put(g.data)
			continue
		}
		s.end(now, d, EndFIN)
	}
	if q := d.queue; q != nil {
		q.gap.leave()
		if len(q.kept) == 0 {
			s.release(d)
		}
	}
}

// watch starts the timeout of the gap that d waits for.
func (s *Streams) watch(now int64, d *direction) {
	q := s.queueOf(d)
	if q.gap.in != nil && q.gapAt == d.next {
		return
	}
	q.gapAt, q.gapFrom = d.next, now
	s.gaps.push(&q.gap)
}

// giveUp gives the gap that d waits at up, whether or not it was acknowledged.
func (s *Streams) giveUp(now int64, d *direction) {
	if n, known := d.waiting(); known && n > 0 && d.wants() {
		s.skip(now, d, n)
	}
	s.settle(now, d)
}

// flush delivers all that is held and reports the gaps, the one before a FIN too.
func (s *Streams) flush(now int64, d *direction) {
	for d.wants() {
		if _, known := d.waiting(); !known {
			return
		}
		s.giveUp(now, d)
	}
}

// end ends the direction.
func (s *Streams) end(now int64, d *direction, how End) {
	if d.wants() {
		s.finish(now, d)
	}
	if d.wants() {
		d.stage = ended
		s.handler.End(&d.flow, now, how)
	}
	if d.stage != ignored {
		d.stage = ended
	}
	s.release(d)
}
