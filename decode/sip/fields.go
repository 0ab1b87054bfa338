package sip

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

const (
	colons = 0x3a3a3a3a3a3a3a3a // ':' in each byte
	ones   = 0x0101010101010101
	tops   = 0x8080808080808080
)

// parseFields reads the header fields from raw[p:] and returns where the body begins, or -1 when the fields do not end.
func (m *Message) parseFields(p int) int {
	raw := m.raw
	for p < len(raw) {
		line := raw[p:]
		lf := bytes.IndexByte(line, '\n')
		if lf < 0 {
			m.lastField(p)
			return -1
		}
		if lf <= 1 && (lf == 0 || line[0] == '\r') {
			return p + lf + 1
		}
		end, next := p+lf, p+lf+1
		if next < len(raw) && (raw[next] == ' ' || raw[next] == '\t') {
			end, next = fieldEnd(raw, next)
		}

		// The colon is looked for eight bytes at a time; what a load has beyond the line does no harm.
		var word, head uint64 // the first eight bytes of the name, as they are and in lower case
		var size int          // of the name
		if len(line) >= 16 {
			w := binary.LittleEndian.Uint64(line)
			x := w ^ colons
			word, head = w, w|lowerCase
			if hit := (x - ones) &^ x & tops; hit != 0 {
				n := bits.TrailingZeros64(hit) &^ 7
				word, head = word&(1<<(n&63)-1), head&(1<<(n&63)-1)
				size = n >> 3
			} else {
				x = binary.LittleEndian.Uint64(line[8:]) ^ colons
				if hit := (x - ones) &^ x & tops; hit != 0 {
					size = 8 + bits.TrailingZeros64(hit)>>3
				} else {
					size = bytes.IndexByte(raw[p:end], ':')
				}
			}
		} else if size = bytes.IndexByte(raw[p:end], ':'); size >= 0 {
			word = wordOf(line[:size])
			head = fold(word, size)
		}
		if size < 0 || p+size >= end {
			m.Faults |= FaultHeaderWithoutColon.set()
			p = next
			continue
		}
		var id HeaderID
		if n := &headerTable[headerSlots[slotOf(head, size)]]; word|n.headCase == n.head && int(n.size) == size &&
			(size <= 8 || size <= 16 && binary.LittleEndian.Uint64(line[size-8:])|n.tailCase == n.tail) {
			id = n.id
		} else {
			id = lookup(word, line[:size])
		}
		nameEnd, from, to := p+size, p+size+1, end
		if id == HeaderOther {
			id, nameEnd = m.oddName(p, nameEnd)
		}
		// Nearly always there is one space in front of the value and CR behind it.
		if from+2 < to && raw[from] == ' ' && raw[from+1] > ' ' && raw[to-1] == '\r' && raw[to-2] > ' ' {
			from, to = from+1, to-1
		} else {
			from, to = trimSpan(raw, from, to)
		}
		i := m.count
		if i >= inlineHeaders {
			m.addBeyond(id, span(p, nameEnd), span(from, to))
			p = next
			continue
		}
		m.count = i + 1
		m.fields[i] = field{span(p, nameEnd), span(from, to), id}
		if first := &m.first[id]; *first == 0 {
			*first = uint16(i + 1)
		} else {
			*first |= several
			m.repeated(id, raw[from:to])
		}
		p = next
	}
	return -1
}

// lastField reads a header field that the end of the buffer cut short.
func (m *Message) lastField(p int) {
	line := m.raw[p:]
	if len(line) == 1 && line[0] == '\r' {
		return
	}
	colon := bytes.IndexByte(line, ':')
	if colon < 0 {
		m.Faults |= FaultHeaderWithoutColon.set()
		return
	}
	id, nameEnd := LookupHeader(line[:colon]), p+colon
	if id == HeaderOther {
		id, nameEnd = m.oddName(p, p+colon)
	}
	m.add(id, p, nameEnd, p+colon+1, len(m.raw))
}

// oddName has a second look at a name that is not known as it stands: white space before the colon is allowed, white
// space inside stands for a hyphen and is a fault, as is everything else that no token has.
func (m *Message) oddName(start, end int) (id HeaderID, nameEnd int) {
	raw := m.raw
	for end > start && class[raw[end-1]]&(isBlank|isLine) != 0 {
		end--
	}
	name := raw[start:end]
	if isTokenBytes(name) {
		return LookupHeader(name), end
	}
	m.Faults |= FaultBadHeaderName.set()
	var spelled [32]byte
	if len(name) > len(spelled) {
		return HeaderOther, end
	}
	for i, c := range name {
		switch {
		case c == ' ':
			c = '-'
		case class[c]&isToken == 0:
			return HeaderOther, end
		}
		spelled[i] = c
	}
	return LookupHeader(spelled[:len(name)]), end
}

// trimSpan drops white space and line breaks at both ends of raw[from:to].
func trimSpan(raw []byte, from, to int) (int, int) {
	for from < to && class[raw[from]]&(isBlank|isLine) != 0 {
		from++
	}
	for from < to && class[raw[to-1]]&(isBlank|isLine) != 0 {
		to--
	}
	return from, to
}

// add notes a header field whose value is raw[from:to] with white space around it.
func (m *Message) add(id HeaderID, nameStart, nameEnd, from, to int) {
	from, to = trimSpan(m.raw, from, to)
	i := m.count
	if i >= inlineHeaders {
		m.addBeyond(id, span(nameStart, nameEnd), span(from, to))
		return
	}
	m.count = i + 1
	m.fields[i] = field{span(nameStart, nameEnd), span(from, to), id}
	m.note(id, i)
}

// addBeyond notes a header field for which there is no room in the Message itself.
func (m *Message) addBeyond(id HeaderID, name, value Span) {
	i := m.count
	if i >= MaxHeaders {
		m.Faults |= FaultTooManyHeaders.set()
		return
	}
	m.count = i + 1
	m.overflow = append(m.overflow, field{name, value, id})
	m.note(id, i)
}

// note enters field i into first.
func (m *Message) note(id HeaderID, i int) {
	if m.first[id] == 0 {
		m.first[id] = uint16(i + 1)
	} else {
		m.first[id] |= several
		m.repeated(id, m.Value(i))
	}
}

// repeated notes the fault of a header field that may stand in a message once.
func (m *Message) repeated(id HeaderID, value []byte) {
	switch id {
	case HeaderFrom:
		m.Faults |= FaultDuplicateFrom.set()
	case HeaderTo:
		m.Faults |= FaultDuplicateTo.set()
	case HeaderCallID:
		m.Faults |= FaultDuplicateCallID.set()
	case HeaderCSeq:
		m.Faults |= FaultDuplicateCSeq.set()
	case HeaderMaxForwards:
		m.Faults |= FaultDuplicateMaxForwards.set()
	case HeaderContentLength:
		if !bytes.Equal(value, m.Header(id)) {
			m.Faults |= FaultDuplicateContentLength.set()
		}
	}
}
