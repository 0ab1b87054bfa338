package sip

import "encoding/binary"

// A header name is found by its length and its first eight bytes in lower case, which tell all known names apart but
// for a few; the last eight bytes, and for long names those between, settle it. The slot of the open hash table comes
// from one multiplication.

const (
	lowerCase  = 0x2020202020202020 // lower-cases letters and leaves '-', '.' and digits alone; makes others of controls
	slotBits   = 10
	slotFactor = 0x9e3779b97f4a7c15
)

type headerName struct {
	head, tail uint64 // first and last eight bytes in lower case; head is padded with zero bytes
	// The bits of head and tail that the case of a letter changes. Others must match as they are: CR is no hyphen.
	headCase, tailCase uint64
	size               uint8 // of the name
	id                 HeaderID
}

// caseBits returns the bits of w, in lower case, that the case of a letter changes.
func caseBits(w uint64) (bits uint64) {
	for shift := 0; shift < 64; shift += 8 {
		if c := byte(w >> shift); 'a' <= c && c <= 'z' {
			bits |= 0x20 << shift
		}
	}
	return bits
}

// headerTable has the names, from entry 1 on; headerSlots says which entry a name hashes to, 0 for none.
var headerTable, headerSlots = buildHeaderTable()

func buildHeaderTable() (names [256]headerName, slots [1 << slotBits]uint8) {
	count := 0
	add := func(name string, id HeaderID) {
		b := []byte(name)
		n := headerName{head: headOf(b), size: uint8(len(b)), id: id}
		if len(b) > 8 {
			n.tail = binary.LittleEndian.Uint64(b[len(b)-8:]) | lowerCase
		}
		n.headCase, n.tailCase = caseBits(n.head), caseBits(n.tail)
		slot := slotOf(n.head, len(b))
		for slots[slot] != 0 {
			slot = (slot + 1) % (1 << slotBits)
		}
		count++
		slots[slot] = uint8(count)
		names[count] = n
	}
	for id := HeaderOther + 1; int(id) < NumHeaders; id++ {
		add(headerNames[id], id)
	}
	for _, c := range compactNames {
		add(string(c.name), c.id)
	}
	return names, slots
}

func slotOf(head uint64, size int) uint64 {
	return (head ^ uint64(size)<<56) * slotFactor >> (64 - slotBits)
}

// wordOf returns the first eight bytes of name, padded with zero bytes.
func wordOf(name []byte) uint64 {
	if len(name) >= 8 {
		return binary.LittleEndian.Uint64(name)
	}
	var w uint64
	for i, c := range name {
		w |= uint64(c) << (8 * i)
	}
	return w
}

// headOf returns the first eight bytes of name in lower case, padded with zero bytes.
func headOf(name []byte) uint64 { return fold(wordOf(name), len(name)) }

// fold lower-cases the word of a name of that size.
func fold(word uint64, size int) uint64 {
	if size >= 8 {
		return word | lowerCase
	}
	return word | lowerCase&(1<<(8*size)-1)
}

// lookup finds a name whose first eight bytes are word, as wordOf makes them.
func lookup(word uint64, name []byte) HeaderID {
	for slot := slotOf(fold(word, len(name)), len(name)); ; slot = (slot + 1) % (1 << slotBits) {
		i := headerSlots[slot]
		if i == 0 {
			return HeaderOther
		}
		n := &headerTable[i]
		if word|n.headCase == n.head && int(n.size) == len(name) &&
			(len(name) <= 8 || binary.LittleEndian.Uint64(name[len(name)-8:])|n.tailCase == n.tail) &&
			(len(name) <= 16 || foldEqual(name[8:len(name)-8], headerNames[n.id][8:len(name)-8])) {
			return n.id
		}
	}
}

// LookupHeader returns the ID of a header field name in long or compact form and any case, or HeaderOther.
func LookupHeader(name []byte) HeaderID {
	if len(name) == 0 {
		return HeaderOther
	}
	return lookup(wordOf(name), name)
}
