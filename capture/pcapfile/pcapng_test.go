package pcapfile

import (
	"bytes"
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"sipspan/capture"
)

func TestPcapng(t *testing.T) {
	const at = 1_700_000_000
	for _, o := range []both{le, be} {
		b := sectionBlock(nil, o)
		b = interfaceBlock(b, o, 1, 0, option(o, optIfName, "eth0"), option(o, optIfTsResol, "\x09"), option(o, optEnd, ""))
		b = interfaceBlock(b, o, 113, 8, option(o, optIfName, "any"))
		b = block(b, o, 0x0000_0bad, []byte("a custom block that nobody knows"))
		b = enhancedBlock(b, o, 0, at*second+1, packet{data: "nanoseconds", wire: 100})
		b = enhancedBlock(b, o, 1, at*1_000_000+2, packet{data: "microseconds"})
		b = oldPacketBlock(b, o, 1, at*1_000_000+3, packet{data: "old block"})
		b = simpleBlock(b, o, packet{data: "no time of its own"})
		b = statisticsBlock(b, o, 0, 2, 5)
		b = statisticsBlock(b, o, 0, 3, 7) // totals: 7 in all
		// A second section, in the other byte order, where interface 0 is another.
		other := le
		if o == le {
			other = be
		}
		b = sectionBlock(b, other)
		b = interfaceBlock(b, other, 101, 4)
		b = enhancedBlock(b, other, 0, at*1_000_000+4, packet{data: "raw IP"})
		b = simpleBlock(b, other, packet{data: "cut at the snapshot length"})

		want := []got{
			{at*second + 1, "nanoseconds", 100, capture.LinkEthernet, 0, 1},
			{at*second + 2000, "microseconds", 12, capture.LinkLinuxSLL, 1, 2},
			{at*second + 3000, "old block", 9, capture.LinkLinuxSLL, 1, 3},
			{at*second + 3000, "no time of its own", 18, capture.LinkEthernet, 0, 4},
			{at*second + 4000, "raw IP", 6, capture.LinkRaw, 2, 5},
			{at*second + 4000, "cut ", 26, capture.LinkRaw, 2, 6},
		}
		frames, s, err := decode(bytes.NewReader(b), 64)
		if err != nil || !reflect.DeepEqual(frames, want) {
			t.Errorf("%v: %v\n got %+v\nwant %+v", o, err, frames, want)
		}
		names := []string{"eth0", "any", "test"}
		for i, name := range names {
			if i >= len(s.list) || s.list[i].Name != name {
				t.Fatalf("%v: counters %+v, want %v", o, s.list, names)
			}
		}
		if lost := s.list[0].Stats; lost.InterfaceDropped != 3 || lost.KernelDropped != 7 {
			t.Errorf("%v: lost %+v", o, lost)
		}
	}
}

func TestPcapngDamaged(t *testing.T) {
	head := pcapngFile(le, packet{time: second, data: "whole"})
	short := func(kind uint32) []byte { return block(nil, le, kind, []byte("abc")) }
	for _, c := range []struct {
		name, says string
		tail       []byte
	}{
		{"unknown interface", "interface 7, 1 are described", enhancedBlock(nil, le, 7, 0, packet{data: "x"})},
		{"statistics of nobody", "statistics of interface 7", statisticsBlock(nil, le, 7, 0, 0)},
		{"short enhanced", "enhanced packet block with a body of 4", short(blockEnhanced)},
		{"short old", "a packet block with a body of 4", short(blockPacket)},
		{"short simple", "simple packet block with a body of 0", block(nil, le, blockSimple, nil)},
		{"short interface", "interface description with a body of 4", short(blockInterface)},
		{"short statistics", "interface statistics with a body of 4", short(blockStatistics)},
		{"lengths differ", "ends with the length", append(short(blockEnhanced)[:12], 99, 0, 0, 0)},
		{"lengths differ in a skipped block", "ends with the length", append(short(99)[:12], 99, 0, 0, 0)},
		{"captured more than there is", "captured bytes in a block with room for", func() []byte {
			b := enhancedBlock(nil, le, 0, 0, packet{data: "x"})
			b[20] = 200
			return b
		}()},
		{"section without its magic", "byte order magic", block(nil, le, blockSection, make([]byte, 16))},
		{"simple before any interface", "before any interface", simpleBlock(sectionBlock(nil, le), le, packet{data: "x"})},
		{"future version", "version 2", func() []byte {
			b := sectionBlock(nil, le)
			b[12] = 2
			return b
		}()},
	} {
		frames, _, err := decode(bytes.NewReader(append(bytes.Clone(head), c.tail...)), 64)
		var in *capture.InputError
		if !errors.As(err, &in) || !errors.Is(err, capture.ErrCorrupt) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q in it", c.name, err, c.says)
			continue
		}
		if len(frames) != 1 || in.Packet != 2 || in.Offset < int64(len(head)) {
			t.Errorf("%s: %d frames before %+v", c.name, len(frames), in)
		}
	}
}

func TestPcapngManyInterfaces(t *testing.T) {
	b := sectionBlock(nil, le)
	for range maxInterfaces + 1 {
		b = interfaceBlock(b, le, 1, 0)
	}
	if _, _, err := decode(bytes.NewReader(b), 64); !errors.Is(err, capture.ErrCorrupt) {
		t.Error(err)
	}
}

func TestClock(t *testing.T) {
	for _, c := range []struct {
		name       string
		resolution byte
		offset     int64
		ticks      uint64
		want       int64
	}{
		{"seconds", 0, 0, 1_700_000_000, 1_700_000_000 * second},
		{"milliseconds", 3, 0, 1_700_000_000_123, 1_700_000_000_123_000_000},
		{"microseconds", 6, 0, 1_700_000_000_123_456, 1_700_000_000_123_456_000},
		{"nanoseconds", 9, 0, 1_700_000_000_123_456_789, 1_700_000_000_123_456_789},
		{"picoseconds", 12, 0, 5_123_456_789_999, 5_123_456_789},
		{"10^-19", 19, 0, 15_000_000_000_000_000_000, 1_500_000_000},
		{"10^-20", 20, 0, math.MaxUint64, 0},
		{"2^0", 0x80, 0, 7, 7 * second},
		{"2^-10", 0x8a, 0, 1024 + 512, 1_500_000_000},
		{"2^-32", 0xa0, 0, 1<<32 | 1<<31, 1_500_000_000},
		{"2^-63", 0xbf, 0, 1<<63 | 1<<62, 1_500_000_000},
		{"2^-64", 0xc0, 0, 1 << 63, 500_000_000},
		{"2^-65", 0xc1, 0, 1 << 63, 250_000_000},
		{"2^-127", 0xff, 0, math.MaxUint64, 0},
		{"offset", 6, 1_700_000_000, 5, 1_700_000_000*second + 5000},
		{"negative offset", 9, -3, 5*second + 1, 2*second + 1},
		{"too far ahead", 0, 0, math.MaxUint64, math.MaxInt64},
		{"too far ahead in microseconds", 6, 0, math.MaxUint64, math.MaxInt64},
		{"an absurd offset", 6, math.MaxInt64, 5, math.MaxInt64},
		{"an absurd negative offset", 6, math.MinInt64, 5, math.MinInt64},
	} {
		k := newClock(c.resolution, c.offset)
		if got := k.unix(c.ticks); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

// TestClockOrder: whatever the resolution, more ticks are never earlier.
func TestClockOrder(t *testing.T) {
	for resolution := range 256 {
		k := newClock(byte(resolution), 0)
		last := int64(math.MinInt64)
		for shift := 63; shift >= 0; shift-- {
			now := k.unix(math.MaxUint64 >> shift)
			if now < last {
				t.Fatalf("resolution %#x: %d after %d", resolution, now, last)
			}
			last = now
		}
	}
}

// The flags of a packet are found among its options in either byte order, and are not those of the packet before.
func TestPcapngFlags(t *testing.T) {
	for _, o := range []both{le, be} {
		b := pcapngFile(o, packet{data: "seven"}) // with flags that enhancedBlock writes in network order
		b = simpleBlock(b, o, packet{data: "none"})
		r, err := newDecoder(newWindow(bytes.NewReader(b), 64), new(slots), "test", nil, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		var got []uint32
		var f capture.Frame
		for r.next(&f) == nil {
			got = append(got, f.Flags)
		}
		want := []uint32{o.Uint32([]byte{0, 0, 0, 1}), 0}
		if !slices.Equal(got, want) {
			t.Errorf("%v: %x, want %x", o, got, want)
		}
	}
}
