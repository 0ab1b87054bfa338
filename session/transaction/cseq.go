package transaction

// Numbers are the highest CSeq numbers that the two sides of a dialog have used, by the sender of their requests: each side
// counts on its own (RFC 3261 section 12.2.1.1).
type Numbers struct {
	sender [2]uint64
	cseq   [2]uint32
}

// Note takes the CSeq number of a request, and reports whether it is lower than one that its sender used before. Of more
// than two senders, as forks make them, the others are not followed.
func (n *Numbers) Note(sender uint64, cseq uint32) (low bool) {
	for i := range n.sender {
		switch n.sender[i] {
		case 0:
			n.sender[i] = sender
			fallthrough
		case sender:
			low = cseq < n.cseq[i]
			n.cseq[i] = max(n.cseq[i], cseq)
			return low
		}
	}
	return false
}
