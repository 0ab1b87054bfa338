package pcapfile

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"sipspan/capture"
)

func TestPcap(t *testing.T) {
	sent := []packet{
		{time: 1_700_000_000_123_456_000, data: "first"},
		{time: 1_700_000_001_000_000_000, data: "", wire: 60},
		{time: 4_294_967_295_999_999_000, data: "the last second of 32 bits", wire: 1500},
	}
	for _, o := range []both{le, be} {
		for _, magic := range []uint32{magicMicro, magicNano, magicModified} {
			frames, s, err := decode(bytes.NewReader(pcapFile(o, magic, sent...)), 64)
			if err != nil || len(frames) != len(sent) {
				t.Fatalf("%v %#x: %d frames, %v", o, magic, len(frames), err)
			}
			for i, p := range sent {
				want := got{p.time, p.data, int(p.length()), capture.LinkEthernet, 0, uint64(i + 1)}
				if frames[i] != want {
					t.Errorf("%v %#x: frame %d = %+v, want %+v", o, magic, i, frames[i], want)
				}
			}
			if len(s.list) != 1 || s.list[0].Name != "test" {
				t.Errorf("%v %#x: counters %+v", o, magic, s.list)
			}
		}
	}
}

func TestPcapHeader(t *testing.T) {
	record := pcapRecord(nil, le, magicMicro, packet{time: second, data: "abc", wire: 9})
	for _, c := range []struct {
		name   string
		head   []byte
		record []byte
		want   got
	}{
		{"FCS bits in the link type", pcapHead(le, magicMicro, 4, 65535, 0x2400_0001), record,
			got{second, "abc", 9, capture.LinkEthernet, 0, 1}},
		{"a link type above 255", pcapHead(le, magicMicro, 4, 65535, 276), record,
			got{second, "abc", 9, capture.LinkLinuxSLL2, 0, 1}},
		{"lengths the other way round in version 2.2", pcapHead(le, magicMicro, 2, 65535, 1),
			append(le.AppendUint32(le.AppendUint32(le.AppendUint64(nil, 1), 9), 3), "abc"...),
			got{second, "abc", 9, capture.LinkEthernet, 0, 1}},
		{"lengths either way in version 2.3", pcapHead(le, magicMicro, 3, 65535, 1), record,
			got{second, "abc", 9, capture.LinkEthernet, 0, 1}},
		{"captured longer than on the wire", pcapHead(le, magicMicro, 4, 65535, 1),
			append(le.AppendUint32(le.AppendUint32(le.AppendUint64(nil, 1), 3), 2), "abc"...),
			got{second, "abc", 3, capture.LinkEthernet, 0, 1}},
		{"a frame above the snapshot length", pcapHead(le, magicMicro, 4, 1, 1), record,
			got{second, "abc", 9, capture.LinkEthernet, 0, 1}},
	} {
		frames, _, err := decode(bytes.NewReader(append(c.head, c.record...)), 64)
		if err != nil || len(frames) != 1 || frames[0] != c.want {
			t.Errorf("%s: %+v, %v, want %+v", c.name, frames, err, c.want)
		}
	}
}

// TestCutEverywhere cuts a file of each format at each byte: whole packets come out, the error says where the broken one is.
func TestCutEverywhere(t *testing.T) {
	sent := []packet{{time: second, data: "first"}, {time: 2 * second, data: "the second"}, {time: 3 * second, data: "third"}}
	for _, c := range []struct {
		name string
		head int // bytes in front of the first packet
		full []byte
		upTo func(n int) []byte // the file with n packets
	}{
		{"pcap", pcapHeaderSize, nil, func(n int) []byte { return pcapFile(le, magicMicro, sent[:n]...) }},
		{"pcapng", 0, nil, func(n int) []byte { return pcapngFile(be, sent[:n]...) }},
	} {
		full := c.upTo(len(sent))
		for cut := 1; cut < len(full); cut++ {
			whole := 0
			for whole < len(sent) && len(c.upTo(whole+1)) <= cut {
				whole++
			}
			frames, _, err := decode(bytes.NewReader(full[:cut]), 32)
			if len(frames) != whole {
				t.Fatalf("%s cut at %d: %d frames, want %d", c.name, cut, len(frames), whole)
			}
			if cut == len(c.upTo(whole)) || c.name == "pcapng" && cut == len(sectionBlock(nil, be)) {
				if err != nil {
					t.Fatalf("%s ending at %d between records: %v", c.name, cut, err)
				}
				continue
			}
			var in *capture.InputError
			if !errors.As(err, &in) {
				t.Fatalf("%s cut at %d: error %v", c.name, cut, err)
			}
			if cut < magicSize {
				if !errors.Is(err, capture.ErrNotCapture) {
					t.Fatalf("%s cut at %d: %v", c.name, cut, err)
				}
				continue
			}
			if !errors.Is(err, capture.ErrCut) || in.Packet != uint64(whole+1) || in.Offset > int64(cut) {
				t.Fatalf("%s cut at %d: %+v (%v)", c.name, cut, in, err)
			}
			if whole > 0 && in.Offset != int64(len(c.upTo(whole))) {
				t.Fatalf("%s cut at %d: offset %d, the record begins at %d", c.name, cut, in.Offset, len(c.upTo(whole)))
			}
		}
	}
}

// TestAbsurdLength: a length is not believed before the bytes are there.
func TestAbsurdLength(t *testing.T) {
	for _, c := range []struct {
		name string
		file []byte
		says string
	}{
		{"pcap record", append(pcapFile(le, magicMicro), "\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff"...), "claims 4294967295 captured bytes"},
		{"pcap header", pcapHead(le, magicMicro, 4, 0, 1)[:4:4], "cut short"},
		{"pcapng block", append(pcapngFile(le), "\x06\x00\x00\x00\xfc\xff\xff\xff\x00\x00\x00\x00"...), "claims 4294967292 bytes"},
		{"pcapng unknown block", append(pcapngFile(le), "\xaa\x00\x00\x00\xfc\xff\xff\xff\x00\x00\x00\x00"...), "cut short"},
		{"pcapng odd block", append(pcapngFile(le), "\x06\x00\x00\x00\x0d\x00\x00\x00\x00\x00\x00\x00"...), "multiple of 4"},
		{"pcapng tiny block", append(pcapngFile(le), "\x06\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00"...), "multiple of 4"},
	} {
		v := newWindow(bytes.NewReader(c.file), 64)
		dec, err := newDecoder(v, new(slots), "test", nil, time.Time{})
		if err == nil {
			err = dec.next(new(capture.Frame))
		}
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q in it", c.name, err, c.says)
		}
		if len(v.buf) > 2*len(c.file)+64 {
			t.Errorf("%s: a buffer of %d bytes for a file of %d", c.name, len(v.buf), len(c.file))
		}
	}
}

func TestPcapOldVersion(t *testing.T) {
	b := pcapFile(be, magicMicro)
	b[5] = 1
	_, _, err := decode(bytes.NewReader(b), 64)
	if !errors.Is(err, capture.ErrCorrupt) || !strings.Contains(err.Error(), "version 1.4") {
		t.Error(err)
	}
}
