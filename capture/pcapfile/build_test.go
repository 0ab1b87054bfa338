package pcapfile

import (
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"sipspan/capture"
)

// both is a byte order that the builders can append in.
type both interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

var (
	le both = binary.LittleEndian
	be both = binary.BigEndian
)

// packet is what a test writes and expects back.
type packet struct {
	time int64
	data string
	wire int // 0: as long as data
}

func (p packet) length() uint32 { return uint32(max(p.wire, len(p.data))) }

// pcapHead builds a classic file header.
func pcapHead(o both, magic uint32, minor uint16, snaplen, link uint32) []byte {
	b := o.AppendUint32(nil, magic)
	b = o.AppendUint16(b, 2)
	b = o.AppendUint16(b, minor)
	b = append(b, make([]byte, 8)...)
	b = o.AppendUint32(b, snaplen)
	return o.AppendUint32(b, link)
}

// pcapRecord appends p as the record of a file of that magic.
func pcapRecord(b []byte, o both, magic uint32, p packet) []byte {
	b = o.AppendUint32(b, uint32(p.time/second))
	fraction := uint32(p.time % second)
	if magic != magicNano {
		fraction /= 1000
	}
	b = o.AppendUint32(b, fraction)
	b = o.AppendUint32(b, uint32(len(p.data)))
	b = o.AppendUint32(b, p.length())
	if magic == magicModified {
		b = append(b, 0, 0, 0, 7, 8, 0, 0, 0)
	}
	return append(b, p.data...)
}

// pcapFile builds a whole classic Ethernet file.
func pcapFile(o both, magic uint32, packets ...packet) []byte {
	b := pcapHead(o, magic, 4, 65535, 1)
	for _, p := range packets {
		b = pcapRecord(b, o, magic, p)
	}
	return b
}

// block appends a pcapng block around body.
func block(b []byte, o both, kind uint32, body []byte) []byte {
	body = pad(body)
	size := uint32(blockOverhead + len(body))
	b = o.AppendUint32(b, kind)
	b = o.AppendUint32(b, size)
	b = append(b, body...)
	return o.AppendUint32(b, size)
}

func pad(b []byte) []byte {
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

// option builds one option.
func option(o both, code uint16, value string) []byte {
	b := o.AppendUint16(nil, code)
	b = o.AppendUint16(b, uint16(len(value)))
	return pad(append(b, value...))
}

func sectionBlock(b []byte, o both) []byte {
	body := o.AppendUint32(nil, byteOrderMagic)
	body = o.AppendUint16(body, 1)
	body = o.AppendUint16(body, 0)
	body = append(body, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)
	return block(b, o, blockSection, append(body, option(o, 4, "a test")...))
}

func interfaceBlock(b []byte, o both, link uint16, snaplen uint32, options ...[]byte) []byte {
	body := o.AppendUint16(nil, link)
	body = o.AppendUint16(body, 0)
	body = o.AppendUint32(body, snaplen)
	return block(b, o, blockInterface, append(body, bytes.Join(options, nil)...))
}

func enhancedBlock(b []byte, o both, id uint32, ticks uint64, p packet) []byte {
	body := o.AppendUint32(nil, id)
	body = o.AppendUint32(body, uint32(ticks>>32))
	body = o.AppendUint32(body, uint32(ticks))
	body = o.AppendUint32(body, uint32(len(p.data)))
	body = o.AppendUint32(body, p.length())
	body = pad(append(body, p.data...))
	return block(b, o, blockEnhanced, append(body, option(o, 2, "\x00\x00\x00\x01")...))
}

func oldPacketBlock(b []byte, o both, id uint16, ticks uint64, p packet) []byte {
	body := o.AppendUint16(nil, id)
	body = o.AppendUint16(body, 3) // dropped before it
	body = o.AppendUint32(body, uint32(ticks>>32))
	body = o.AppendUint32(body, uint32(ticks))
	body = o.AppendUint32(body, uint32(len(p.data)))
	body = o.AppendUint32(body, p.length())
	return block(b, o, blockPacket, append(body, p.data...))
}

func simpleBlock(b []byte, o both, p packet) []byte {
	return block(b, o, blockSimple, append(o.AppendUint32(nil, p.length()), p.data...))
}

func statisticsBlock(b []byte, o both, id uint32, ifDrop, osDrop uint64) []byte {
	body := o.AppendUint32(nil, id)
	body = append(body, make([]byte, 8)...)
	body = append(body, option(o, optIsbIfDrop, string(o.AppendUint64(nil, ifDrop)))...)
	return block(b, o, blockStatistics, append(body, option(o, optIsbOsDrop, string(o.AppendUint64(nil, osDrop)))...))
}

// pcapngFile builds a file of one section and one Ethernet interface in microseconds.
func pcapngFile(o both, packets ...packet) []byte {
	b := interfaceBlock(sectionBlock(nil, o), o, 1, 0)
	for _, p := range packets {
		b = enhancedBlock(b, o, 0, uint64(p.time/1000), p)
	}
	return b
}

func gzipped(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func zstandard(t testing.TB, b []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return w.EncodeAll(b, nil)
}

// file writes b into a new file called name below a folder of the test.
func file(t testing.TB, dir, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// got is a frame with its bytes kept.
type got struct {
	time   int64
	data   string
	length int
	link   capture.LinkType
	slot   int
	number uint64
}

func keep(f *capture.Frame) got {
	return got{f.Time, string(f.Data), f.Length, f.Link, f.Interface, f.Number}
}

// decode reads the capture that r holds through a window of size bytes, and returns what it ended with, nil for io.EOF.
func decode(r io.Reader, size int) ([]got, *slots, error) {
	s := new(slots)
	dec, err := newDecoder(newWindow(r, size), s, "test", nil, time.Time{})
	if err != nil {
		return nil, s, err
	}
	var out []got
	for {
		var f capture.Frame
		if err := dec.next(&f); err != nil {
			if again := dec.next(&f); again != err {
				return out, s, again
			}
			if err == io.EOF {
				err = nil
			}
			return out, s, err
		}
		out = append(out, keep(&f))
	}
}

// drain reads fs to its end.
func drain(t testing.TB, fs *Files) []got {
	t.Helper()
	var (
		out []got
		f   capture.Frame
	)
	for {
		switch err := fs.Next(&f); err {
		case nil:
			out = append(out, keep(&f))
		case io.EOF:
			if err := fs.Close(); err != nil {
				t.Fatal(err)
			}
			return out
		default:
			t.Fatal(err)
		}
	}
}
