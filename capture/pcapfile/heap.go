package pcapfile

// queue is a binary heap of inputs, the one with the earliest packet first. container/heap would cost an interface call
// for every comparison of every packet.
type queue []*input

func (q queue) before(i, j int) bool {
	a, b := q[i], q[j]
	return a.time < b.time || a.time == b.time && a.index < b.index
}

// push adds in.
func (q *queue) push(in *input) {
	*q = append(*q, in)
	h := *q
	for i := len(h) - 1; i > 0; {
		parent := (i - 1) / 2
		if !h.before(i, parent) {
			return
		}
		h[i], h[parent] = h[parent], h[i]
		i = parent
	}
}

// settle puts the first element, whose time has changed, where it belongs.
func (q queue) settle() {
	for i := 0; ; {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(q); child++ {
			if q.before(child, least) {
				least = child
			}
		}
		if least == i {
			return
		}
		q[i], q[least] = q[least], q[i]
		i = least
	}
}

// pop drops the first element.
func (q *queue) pop() {
	h := *q
	last := len(h) - 1
	h[0], h[last] = h[last], nil
	*q = h[:last]
	q.settle()
}
