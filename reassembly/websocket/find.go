package websocket

// Answer is what the caller of Find says of the beginning of a payload.
type Answer uint8

// The answers.
const (
	No Answer = iota
	Unsure
	Yes
)

// frontBytes is how much of a masked payload is shown to tell what it is.
const frontBytes = 64

// Find returns where in data the first frame begins whose payload is recognised, -1 if there is none, and how many
// bytes need not be looked at again when more of the stream has come. It looks for frames with a length of 126 and more
// which are not compressed.
//
// is is shown the first bytes of a payload. Where they were masked they are enough, since no other key gives them a meaning.
// A payload without mask has to be recognised whole: its front may as well follow the header of another protocol. final
// says that nothing follows data.
func Find(data []byte, final bool, is func(front []byte, whole bool) Answer) (at, done int) {
	done = len(data)
	for i := 0; i < len(data); i++ {
		if !startsMessage(data[i]) {
			continue
		}
		switch a := recognise(data[i:], is); {
		case a == Yes:
			return i, i
		case a == Unsure && !final:
			done = min(done, i)
		}
	}
	return -1, done
}

// startsMessage reports whether a frame with a message, or with its first fragment, may begin with b.
func startsMessage(b byte) bool { return b&^(bitFIN|3) == 0 && (b&3 == opText || b&3 == opBinary) }

func recognise(b []byte, is func(front []byte, whole bool) Answer) Answer {
	if len(b) > 1 && b[1]&^bitMask < length16 {
		return No
	}
	h, need, ok := parseFrame(b)
	switch {
	case !ok && need > 0:
		return Unsure
	case !ok:
		return No
	}
	payload := b[h.size:]
	if !h.masked {
		if uint64(len(payload)) >= h.length {
			return is(payload[:h.length], true)
		}
		if h.length > longestFound || is(payload, false) == No {
			return No
		}
		return Unsure
	}
	var front [frontBytes]byte
	shown := payload[:min(uint64(len(payload)), h.length, frontBytes)]
	a := is(h.unmask(front[:0], shown), false)
	if a == Unsure && len(shown) == frontBytes {
		return No
	}
	return a
}

// longestFound is how long a frame without mask may be that is waited for.
const longestFound = 64 << 10

// Compressed reports whether the front of a stream looks like a frame with a compressed message, and may do so as far as
// the bytes go. Only that several frames follow each other shows that they are frames.
func Compressed(b []byte) bool {
	if len(b) == 0 || b[0]&bitRSV1 == 0 || !startsMessage(b[0]&^bitRSV1) {
		return false
	}
	_, need, ok := parseFrame(b)
	return ok || need > 0
}
