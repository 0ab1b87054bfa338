package sip

// Kind is what a datagram is, as far as SIP goes.
type Kind uint8

// What Detect tells apart.
const (
	NotSIP    Kind = iota
	SIP            // Message.Parse reads it
	KeepAlive      // line breaks or NUL bytes only (RFC 3261 section 7.5, RFC 5626 section 4.4)
	Malformed      // meant as SIP, but the start line is broken; Message.Parse says how
	numKinds  = int(iota)
)

// String returns a word for k.
func (k Kind) String() string {
	return [numKinds]string{"not SIP", "SIP", "keep-alive", "malformed"}[k]
}

// CanBegin reports whether a datagram that is not NotSIP may begin with c.
func CanBegin(c byte) bool { return c == 0 || class[c]&(isToken|isLine) != 0 }

// MayBegin reports whether Detect may return anything but NotSIP for a datagram, by its first bytes: line breaks, zero bytes, a
// version, or the token of a method and white space. It is much cheaper than Detect for what is no text.
func MayBegin(b []byte) bool {
	if len(b) == 0 || !CanBegin(b[0]) {
		return len(b) == 0
	}
	i := 0
	for i < len(b) && class[b[i]]&isToken != 0 {
		i++
	}
	return i == 0 || i < len(b) && (class[b[i]]&isBlank != 0 || i == len("SIP") && b[i] == '/')
}

// Detect tells what the datagram b is by its first line. Line breaks before the start line are let pass.
func Detect(b []byte) Kind {
	kind, _ := detect(b)
	return kind
}

// detect is Detect, and returns where the line behind the start line begins.
func detect(b []byte) (kind Kind, next int) {
	start := skipLineBreaks(b)
	if start == len(b) {
		return KeepAlive, 0
	}
	if b[start] == 0 {
		return detectZeros(b[start:]), 0
	}
	if class[b[start]]&isToken == 0 {
		return NotSIP, 0
	}
	end, next := lineEnd(b[start:])
	return parseStartLine(b[start : start+end]).kind, start + next
}

// detectZeros finds the datagrams of zero bytes that phones send to keep an address translation alive.
func detectZeros(b []byte) Kind {
	for _, c := range b {
		if c != 0 && class[c]&isLine == 0 {
			return NotSIP
		}
	}
	return KeepAlive
}

func skipLineBreaks(b []byte) int {
	i := 0
	for i < len(b) && class[b[i]]&isLine != 0 {
		i++
	}
	return i
}
