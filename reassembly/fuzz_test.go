package reassembly

import (
	"bytes"
	"encoding/binary"
	"testing"

	"sipspan/internal/packet"
)

// FuzzDefrag reads its input as a series of fragments: one byte of flags, two
// of offset, one of length, one of fill, one of time. It checks the account of
// fragments and the limits, and that a joined payload holds what was put in.
func FuzzDefrag(f *testing.F) {
	f.Add([]byte{1, 0, 0, 1, 'a', 0, 0, 0, 1, 1, 'b', 0})
	f.Add([]byte{0, 0, 1, 1, 'b', 0, 1, 0, 0, 1, 'a', 0})
	f.Add([]byte{3, 0, 0, 1, 'a', 0, 3, 0, 0, 1, 'b', 0, 2, 0, 1, 1, 'c', 0})
	f.Add([]byte{1, 0, 0, 2, 'a', 0, 1, 0, 1, 2, 'a', 0, 0, 0, 3, 9, 'z', 40, 4, 0, 0, 5, 'q', 0})
	f.Add([]byte{1, 31, 255, 255, 'a', 0})
	f.Fuzz(func(t *testing.T, input []byte) {
		config := DefragConfig{MaxDatagrams: 3, MaxBytes: 128 << 10, Timeout: 30e9}
		d := NewDefrag(config)
		var now int64
		added, joined, copies, lost := 0, 0, 0, 0
		for ; len(input) >= 6; input = input[6:] {
			flags, place := input[0], binary.BigEndian.Uint16(input[1:])
			now += int64(input[5]) * 1e9
			p := &packet.Fragment{Src: v4a, Dst: v4b, ID: uint32(flags >> 2), Offset: uint32(place&0x1fff) * 8, More: flags&1 != 0, Proto: 17}
			if flags&2 != 0 {
				p.Src, p.Dst = v6a, v6b
			}
			data := bytes.Repeat(input[4:5], int(input[3])*8)
			if !p.More && len(data) > 3 {
				data = data[3:]
			}
			added++
			payload, n, ok := d.Add(now, p, data)
			if ok {
				joined += n
				from := int(p.Offset)
				if from+len(data) > len(payload) || !bytes.Equal(payload[from:from+len(data)], data) {
					t.Fatal("the payload does not hold the fragment that completed it")
				}
			}
			lost += d.Expire(now)
			copies += d.Copies()
			if st := d.Stats(); st.Datagrams > config.MaxDatagrams || st.Bytes > config.MaxBytes+64<<10 {
				t.Fatalf("over the limits: %+v", st)
			}
		}
		lost += d.Close()
		st := d.Stats()
		if joined+copies+lost != added || st.Joined+st.Copies+st.Expired+st.Evicted+st.Overlapping+st.Invalid+st.Discarded != uint64(added) {
			t.Fatalf("%d added, %d joined, %d copies, %d lost: %+v", added, joined, copies, lost, st)
		}
		if d.buffers.out != 0 {
			t.Fatalf("%d bytes are still out", d.buffers.out)
		}
	})
}

// ledger is a Handler that checks what every Handler may rely on: each byte
// shown follows on the one before it, what was left is shown again with more, and
// nothing comes behind the end.
type ledger struct {
	t     *testing.T
	left  map[*Flow]int    // bytes the last call left
	ended map[*Flow]uint64 // by ID: a Flow is used again
	mood  byte
}

func (l *ledger) Data(f *Flow, now int64, data []byte) int {
	if l.ended[f] == f.ID {
		l.t.Fatal("shown behind the end")
	}
	if len(data) == 0 || !f.Final && len(data) <= l.left[f] {
		l.t.Fatalf("%d bytes shown, %d were left", len(data), l.left[f])
	}
	for i := 1; i < len(data); i++ {
		if data[i] != data[i-1]+1 {
			l.t.Fatalf("bytes out of order: %v", data)
		}
	}
	l.mood = l.mood*5 + 3
	n := int(l.mood) % (len(data) + 1)
	if l.mood == 200 {
		l.ended[f], l.left[f] = f.ID, 0
		return Ignore
	}
	l.left[f] = len(data) - n
	if f.Final {
		l.left[f] = 0
	}
	return n
}

func (l *ledger) Gap(f *Flow, now int64, lost int) {
	l.left[f] = 0
	if l.ended[f] == f.ID || lost < 0 {
		l.t.Fatalf("gap of %d", lost)
	}
}

func (l *ledger) Window(f *Flow, now, since int64, opened bool) {
	if now-since < longWindow {
		l.t.Fatalf("window closed for %d", now-since)
	}
}

func (l *ledger) End(f *Flow, now int64, how End) {
	if l.ended[f] == f.ID {
		l.t.Fatal("ended twice")
	}
	l.ended[f], l.left[f] = f.ID, 0
}

// FuzzStreams reads its input as a series of segments: flags and direction,
// sequence number, length, acknowledgement, seconds that pass. The byte at
// sequence number n is always n, so that what is shown can be checked.
func FuzzStreams(f *testing.F) {
	f.Add([]byte{0x02, 0, 0, 0, 0, 0, 0x00, 0, 1, 20, 0, 0, 0x00, 0, 41, 20, 0, 0, 0x00, 0, 21, 20, 0, 0, 0x01, 0, 61, 0, 0, 0})
	f.Add([]byte{0x02, 0, 0, 0, 0, 0, 0x92, 0, 0, 0, 1, 0, 0x00, 0, 30, 9, 1, 0, 0x90, 0, 1, 9, 39, 0, 0x04, 0, 39, 0, 0, 0})
	f.Add([]byte{0x00, 9, 9, 200, 0, 0, 0x00, 200, 9, 200, 0, 1, 0x00, 200, 209, 200, 0, 0, 0x00, 201, 153, 200, 0, 9})
	f.Fuzz(func(t *testing.T, input []byte) {
		config := StreamsConfig{MaxConnections: 2, MaxHeldBytes: 8 << 10, MaxHeldTotal: 12 << 10, IdleTimeout: 100e9, GapTimeout: 5e9}
		l := &ledger{t: t, left: map[*Flow]int{}, ended: map[*Flow]uint64{}}
		s := NewStreams(config, l)
		var now int64
		count := uint64(0)
		for ; len(input) >= 6; input = input[6:] {
			head, seq := input[0], uint32(binary.BigEndian.Uint16(input[1:]))-1000
			src, dst := client, server
			if head&0x20 != 0 {
				src = peerOf(3)
			}
			if head&0x80 != 0 {
				src, dst = dst, src
			}
			if head&0x40 != 0 {
				seq += 1 << 22
			}
			data := make([]byte, input[3])
			first := seq
			if head&0x02 != 0 {
				first++
			}
			for i := range data {
				data[i] = byte(first) + byte(i)
			}
			p := segmentOf(src, dst, seq, 0, packet.Flags(head&0x17), string(data))
			p.TCP.Ack = uint32(input[4])*8 - 1000
			now += int64(input[5]) * 1e9
			s.Add(now, p)
			count++
			if st := s.Stats(); st.Active > 2 || st.HeldBytes > config.MaxHeldTotal {
				t.Fatalf("over the limits: %+v", st)
			}
		}
		s.Close(now)
		checkEmpty(t, s)
		var sum uint64
		for _, n := range s.Stats().Fates {
			sum += n
		}
		if sum != count {
			t.Fatalf("%d fates of %d segments", sum, count)
		}
	})
}
