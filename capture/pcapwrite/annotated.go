package pcapwrite

import (
	"bufio"
	"encoding/binary"
	"io"
)

// Annotated writes frames of any interfaces and link types, with comments, as one section of pcapng in nanoseconds, in the byte order
// little endian. Interfaces are described where the first of their frames comes. Errors stick: Flush returns the first.
type Annotated struct {
	w          *bufio.Writer
	interfaces uint32
	block      []byte
	err        error
}

const (
	optionComment          = 1
	optionFlags            = 2
	blockDecryptionSecrets = 10
	secretsTLSKeyLog       = 0x544c534b
	nanoseconds            = 9
	maxOptionLength        = 1<<16 - 1
)

// NewAnnotated begins a section on w.
func NewAnnotated(w io.Writer) *Annotated {
	a := &Annotated{w: bufio.NewWriterSize(w, 1<<16)}
	a.begin(blockSectionHeader)
	a.u32(0x1a2b3c4d)
	a.u32(1)          // version 1.0
	a.u32(0xffffffff) // the length of the section is not given
	a.u32(0xffffffff)
	a.end()
	return a
}

// Interface describes an interface and returns its number. snaplen is the most bytes that were captured of a frame, 0 for no limit. A name that
// is empty is left out.
func (a *Annotated) Interface(name string, link Link, snaplen int) int {
	a.begin(blockInterfaceDescription)
	a.u32(uint32(link))
	a.u32(uint32(snaplen))
	if name != "" {
		a.option(optionInterfaceName, name)
	}
	a.option(optionTimeResolution, string([]byte{nanoseconds}))
	a.u32(0)
	a.end()
	a.interfaces++
	return int(a.interfaces - 1)
}

// Frame writes a frame of an interface. at is Unix nanoseconds, not negative; length is the bytes that it had on the wire; flags are those of the
// option epb_flags, such as its direction, 0 for none.
func (a *Annotated) Frame(iface int, at int64, data []byte, length int, flags uint32, comments ...string) {
	a.begin(blockEnhancedPacket)
	a.u32(uint32(iface))
	a.u32(uint32(uint64(at) >> 32))
	a.u32(uint32(at))
	a.u32(uint32(len(data)))
	a.u32(uint32(length))
	a.padded(string(data))
	for _, c := range comments {
		a.option(optionComment, c)
	}
	if flags != 0 {
		a.option(optionFlags, string(binary.LittleEndian.AppendUint32(nil, flags)))
	}
	if len(comments) > 0 || flags != 0 {
		a.u32(0)
	}
	a.end()
}

// Secrets writes a decryption secrets block with the text of a TLS key log. It has to stand before the packets that it opens.
func (a *Annotated) Secrets(text []byte) {
	a.begin(blockDecryptionSecrets)
	a.u32(secretsTLSKeyLog)
	a.u32(uint32(len(text)))
	a.padded(string(text))
	a.end()
	clear(a.block)
}

// Flush writes what is buffered.
func (a *Annotated) Flush() error {
	if a.err == nil {
		a.err = a.w.Flush()
	}
	return a.err
}

func (a *Annotated) u32(v uint32) { a.block = binary.LittleEndian.AppendUint32(a.block, v) }

// padded appends bytes up to a multiple of four.
func (a *Annotated) padded(b string) {
	a.block = append(a.block, b...)
	for len(a.block)&3 != 0 {
		a.block = append(a.block, 0)
	}
}

func (a *Annotated) option(code uint16, value string) {
	value = value[:min(len(value), maxOptionLength)]
	a.block = binary.LittleEndian.AppendUint16(a.block, code)
	a.block = binary.LittleEndian.AppendUint16(a.block, uint16(len(value)))
	a.padded(value)
}

// begin begins a block; end writes its two lengths.
func (a *Annotated) begin(kind uint32) {
	a.block = a.block[:0]
	a.u32(kind)
	a.u32(0)
}

func (a *Annotated) end() {
	length := uint32(len(a.block) + 4)
	binary.LittleEndian.PutUint32(a.block[4:], length)
	a.u32(length)
	if a.err == nil {
		_, a.err = a.w.Write(a.block)
	}
}
