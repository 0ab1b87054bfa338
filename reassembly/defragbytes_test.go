package reassembly

import (
	"bytes"
	"testing"
)

// TestDefragHoldsWhatCame shows that a fragment takes its own bytes, wherever in the datagram they belong: as many datagrams wait as there
// may be, each with a fragment near the end of the longest payload.
func TestDefragHoldsWhatCame(t *testing.T) {
	config := DefaultConfig().Fragments
	d := NewDefrag(config)
	for i := range uint32(config.MaxDatagrams) {
		d.Add(0, fragment{id: i, from: 8189 * 8, more: true}.of(false), []byte("12345678"))
	}
	st := d.Stats()
	if st.Datagrams != config.MaxDatagrams || st.Evicted != 0 {
		t.Errorf("%d datagrams wait and %d were evicted, want %d and none", st.Datagrams, st.Evicted, config.MaxDatagrams)
	}
	if want := config.MaxDatagrams * leastBuffer; st.Bytes > want {
		t.Errorf("%d bytes are held, want %d at most", st.Bytes, want)
	}
}

// TestDefragBytesOfShapes plays fragments of each unlucky shape, more than fit. What is held stays under the limit after each one, the lists of
// what is known included, and most of what fits is held.
func TestDefragBytesOfShapes(t *testing.T) {
	long := bytes.Repeat([]byte("x"), 1480)
	const a = 4096 // fragments of a datagram in holes
	for _, tt := range []struct {
		name  string
		piece func(i uint32) fragment
		data  []byte
	}{
		{"the first alone", func(i uint32) fragment { return fragment{id: i, more: true} }, long},
		{"the last alone", func(i uint32) fragment { return fragment{id: i, from: 64000} }, long},
		{"a short one at the end", func(i uint32) fragment { return fragment{id: i, from: 65512, more: true} }, long[:16]},
		{"every second eight bytes", func(i uint32) fragment { return fragment{id: i / a, from: i % a * 16, more: true} }, long[:8]},
		{"the same from the end", func(i uint32) fragment { return fragment{id: i / a, from: (a - 1 - i%a) * 16, more: true} }, long[:8]},
		{"all but the first, from the end", func(i uint32) fragment { return fragment{id: i / 43, from: (43 - i%43) * 1480, more: true} }, long},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := NewDefrag(DefragConfig{MaxDatagrams: 4096, MaxBytes: 1 << 20, Timeout: 30e9})
			came := 0
			for i := range uint32(100_000) {
				d.Add(int64(i), tt.piece(i).of(i%2 == 0 && len(tt.data) > 8), tt.data)
				came += len(tt.data)
				if st := d.Stats(); st.Bytes > 1<<20 {
					t.Fatalf("after %d: %+v", i, st)
				}
			}
			if st := d.Stats(); st.Evicted == 0 || st.Bytes < 1<<19 {
				t.Errorf("after %d bytes: %+v", came, st)
			}
			d.Close()
			if d.held() != 0 {
				t.Errorf("%d bytes are held after the end", d.held())
			}
		})
	}
}
