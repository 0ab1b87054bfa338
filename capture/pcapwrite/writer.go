package pcapwrite

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
)

// Link is a number of the LINKTYPE_ registry.
type Link uint16

// The link types that Framing can frame, and that of an exported PDU.
const (
	LinkNull     Link = 0
	LinkEthernet Link = 1
	LinkPPP      Link = 9
	LinkRaw      Link = 101
	LinkHDLC     Link = 104
	LinkWiFi     Link = 105
	LinkLoop     Link = 108
	LinkSLL      Link = 113
	LinkPrism    Link = 119
	LinkRadiotap Link = 127
	LinkPPI      Link = 192
	LinkIPv4     Link = 228
	LinkIPv6     Link = 229
	LinkUpperPDU Link = 252 // WIRESHARK_UPPER_PDU: no packet, but what one carried
	LinkSLL2     Link = 276
)

// Packet is one packet of a capture.
type Packet struct {
	Time      int64  // Unix nanoseconds
	Data      []byte // the whole packet; the Writer cuts it to the snap length
	Interface int    // index into Format.Links, pcapng only
}

// Format says how a capture file is laid out.
type Format struct {
	NG        bool // pcapng instead of pcap
	Untimed   bool // pcapng: packets of interface 0, without their times
	Nanos     bool // nanosecond instead of microsecond timestamps
	BigEndian bool
	Snaplen   int    // bytes kept of a packet, 0 for all
	Links     []Link // one per interface; a pcap file has one
}

// Writer writes a capture file. Errors stick: Flush returns the first.
type Writer struct {
	w       *bufio.Writer
	f       Format
	order   binary.ByteOrder
	scratch []byte
	err     error
}

// NewWriter begins a capture file on w.
func NewWriter(w io.Writer, f Format) (*Writer, error) {
	if len(f.Links) == 0 {
		f.Links = []Link{LinkEthernet}
	}
	if !f.NG && len(f.Links) > 1 {
		return nil, fmt.Errorf("a pcap file has one link type, not %d", len(f.Links))
	}
	cw := &Writer{w: bufio.NewWriterSize(w, 1<<18), f: f, order: binary.LittleEndian}
	if f.BigEndian {
		cw.order = binary.BigEndian
	}
	if f.NG {
		cw.sectionHeader()
		for i, l := range f.Links {
			cw.interfaceDescription(i, l)
		}
	} else {
		cw.fileHeader()
	}
	return cw, cw.err
}

// Write appends a packet.
func (w *Writer) Write(p Packet) error {
	data := p.Data
	if w.f.Snaplen > 0 && len(data) > w.f.Snaplen {
		data = data[:w.f.Snaplen]
	}
	switch {
	case w.f.NG && w.f.Untimed:
		w.simplePacket(data, len(p.Data))
	case w.f.NG:
		w.enhancedPacket(p.Time, p.Interface, data, len(p.Data))
	default:
		w.packetRecord(p.Time, data, len(p.Data))
	}
	return w.err
}

// Flush writes what is buffered.
func (w *Writer) Flush() error {
	if w.err == nil {
		w.err = w.w.Flush()
	}
	return w.err
}

func (w *Writer) begin()          { w.scratch = w.scratch[:0] }
func (w *Writer) u16(v uint16)    { w.scratch = appendUint16(w.order, w.scratch, v) }
func (w *Writer) u32(v uint32)    { w.scratch = appendUint32(w.order, w.scratch, v) }
func (w *Writer) bytes(b ...byte) { w.scratch = append(w.scratch, b...) }

func (w *Writer) end(data []byte) {
	if w.err != nil {
		return
	}
	if _, w.err = w.w.Write(w.scratch); w.err == nil && len(data) > 0 {
		_, w.err = w.w.Write(data)
	}
}

func (w *Writer) snaplen() uint32 {
	if w.f.Snaplen > 0 {
		return uint32(w.f.Snaplen)
	}
	return 262144
}

// fileHeader writes the 24 bytes in front of a pcap file.
func (w *Writer) fileHeader() {
	w.begin()
	if w.f.Nanos {
		w.u32(0xa1b23c4d)
	} else {
		w.u32(0xa1b2c3d4)
	}
	w.u16(2)
	w.u16(4)
	w.u32(0)
	w.u32(0)
	w.u32(w.snaplen())
	w.u32(uint32(w.f.Links[0]))
	w.end(nil)
}

func (w *Writer) packetRecord(t int64, data []byte, length int) {
	w.begin()
	w.u32(uint32(t / 1e9))
	if w.f.Nanos {
		w.u32(uint32(t % 1e9))
	} else {
		w.u32(uint32(t % 1e9 / 1000))
	}
	w.u32(uint32(len(data)))
	w.u32(uint32(length))
	w.end(data)
}

// appendUint16 and appendUint32 exist because binary.ByteOrder cannot append.
func appendUint16(o binary.ByteOrder, b []byte, v uint16) []byte {
	var x [2]byte
	o.PutUint16(x[:], v)
	return append(b, x[:]...)
}

func appendUint32(o binary.ByteOrder, b []byte, v uint32) []byte {
	var x [4]byte
	o.PutUint32(x[:], v)
	return append(b, x[:]...)
}
