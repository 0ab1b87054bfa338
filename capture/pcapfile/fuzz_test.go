package pcapfile

import (
	"bytes"
	"errors"
	"reflect"
	"testing"
	"testing/iotest"
	"time"

	"sipspan/capture"
)

func FuzzPcap(f *testing.F) {
	p := packet{time: second + 1000, data: "a frame"}
	for _, magic := range []uint32{magicMicro, magicNano, magicModified} {
		f.Add(pcapFile(le, magic, p, p))
		f.Add(pcapFile(be, magic, p))
	}
	f.Add(pcapHead(le, magicMicro, 2, 65535, 276))
	f.Add(pcapHead(be, magicMicro, 3, 0xffffffff, 0xf4000001))
	f.Fuzz(readBothWays)
}

func FuzzPcapng(f *testing.F) {
	p := packet{time: second, data: "a frame"}
	for _, o := range []both{le, be} {
		b := pcapngFile(o, p, p)
		f.Add(b)
		b = simpleBlock(oldPacketBlock(b, o, 0, 1, p), o, p)
		b = block(statisticsBlock(b, o, 0, 1, 2), o, 77, []byte("unknown"))
		f.Add(append(b, pcapngFile(be, p)...))
		f.Add(interfaceBlock(sectionBlock(nil, o), o, 276, 96, option(o, optIfName, "any"), option(o, optIfTsResol, "\xa0"),
			option(o, optIfTsOffset, "\x00\x01\x02\x03\x04\x05\x06\x07"), option(o, optEnd, "")))
	}
	f.Fuzz(readBothWays)
}

// readBothWays holds whatever b is to the promises: no panic, memory bounded by the input, frames that are inside it and
// numbered from one, an InputError or a clean end, and the same again when every byte comes alone.
func readBothWays(t *testing.T, b []byte) {
	frames, s, err := decode(bytes.NewReader(b), 64)
	total := 0
	for i, f := range frames {
		total += len(f.data)
		if f.length < len(f.data) || f.number != uint64(i+1) || f.slot < 0 || f.slot >= len(s.list) {
			t.Fatalf("frame %d: %+v", i, f)
		}
	}
	if total > len(b) {
		t.Fatalf("%d bytes of frames out of %d", total, len(b))
	}
	var in *capture.InputError
	if err != nil && !errors.As(err, &in) {
		t.Fatalf("%T: %v", err, err)
	}
	if in != nil && (in.Offset < 0 || in.Offset > int64(len(b))) {
		t.Fatalf("offset %d of %d", in.Offset, len(b))
	}
	again, _, err2 := decode(iotest.OneByteReader(bytes.NewReader(b)), 16)
	if !reflect.DeepEqual(frames, again) || (err == nil) != (err2 == nil) || err != nil && err.Error() != err2.Error() {
		t.Fatalf("in one piece:  %+v, %v\nbyte by byte: %+v, %v", frames, err, again, err2)
	}
	v := newWindow(bytes.NewReader(b), 64)
	if dec, err := newDecoder(v, new(slots), "", nil, time.Time{}); err == nil {
		for f := new(capture.Frame); dec.next(f) == nil; {
		}
	}
	if len(v.buf) > 2*len(b)+64 {
		t.Fatalf("a buffer of %d bytes for a file of %d", len(v.buf), len(b))
	}
}
