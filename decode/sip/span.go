package sip

// Span is a piece of a buffer, kept as numbers so that it survives the buffer being moved or copied.
type Span struct {
	Off, Len uint32
}

// Of returns the piece of buf that s names, or nil when s does not lie inside buf.
func (s Span) Of(buf []byte) []byte {
	end := uint64(s.Off) + uint64(s.Len)
	if end > uint64(len(buf)) {
		return nil
	}
	return buf[s.Off:end:end]
}

// span makes the Span from start up to end.
func span(start, end int) Span { return Span{Off: uint32(start), Len: uint32(end - start)} }
