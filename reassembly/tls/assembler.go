package tls

// maxMessage is the size of the largest handshake message that is put together: a chain of certificates. A larger one is passed
// over.
const maxMessage = 64 << 10

// assembler cuts the contents of handshake records into messages, which may lie in several records or share one.
type assembler struct {
	buf  []byte
	skip int // bytes of a message that is passed over
}

// add takes the content of a record and calls f for each message that is whole. A message is borrowed: with its header of four
// bytes.
func (a *assembler) add(content []byte, f func(message []byte)) {
	for len(content) > 0 || len(a.buf) > 0 {
		if k := min(a.skip, len(content)); k > 0 {
			content, a.skip = content[k:], a.skip-k
			continue
		}
		held := len(a.buf) > 0
		data := content
		if held {
			a.buf = append(a.buf, content...)
			data = a.buf
		}
		if len(data) < 4 {
			a.keep(data, held)
			return
		}
		size := 4 + int(data[1])<<16 + int(data[2])<<8 + int(data[3])
		switch {
		case size > maxMessage:
			a.buf = nil
			a.skip = max(size-len(data), 0)
			content = data[min(size, len(data)):]
		case len(data) < size:
			a.keep(data, held)
			return
		default:
			a.buf = nil
			f(data[:size])
			content = data[size:]
		}
	}
}

// keep keeps the beginning of a message. It is there already if it was held.
func (a *assembler) keep(data []byte, held bool) {
	if !held {
		a.buf = append([]byte(nil), data...)
	}
}

// reset forgets the beginning of a message, the rest of which was lost.
func (a *assembler) reset() { *a = assembler{} }
