package reassembly

import (
	"bytes"
	"math/rand"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sipspan/internal/invariants"
	"sipspan/internal/packet"
)

var (
	v4a, v4b = netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	v6a, v6b = netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2")
)

// fragment is a piece of a datagram and what it holds.
type fragment struct {
	at   int64
	id   uint32
	from uint32
	more bool
	data string
}

func (f fragment) of(v6 bool) *packet.Fragment {
	p := &packet.Fragment{Src: v4a, Dst: v4b, Proto: 17, ID: f.id, Offset: f.from, More: f.more}
	if v6 {
		p.Src, p.Dst = v6a, v6b
	}
	return p
}

func TestDefrag(t *testing.T) {
	const a, b, c = "aaaaaaaa", "bbbbbbbb", "cccc"
	tests := []struct {
		name   string
		pieces []fragment
		v4, v6 []string // payloads completed; v6 nil: as v4
		lost   int      // fragments of IPv4 that came to nothing, at the end
		stats  DefragStats
	}{
		{
			name:   "in order",
			pieces: []fragment{{0, 1, 0, true, a}, {0, 1, 8, true, b}, {0, 1, 16, false, c}},
			v4:     []string{a + b + c},
			stats:  DefragStats{Added: 3, Joined: 3, Completed: 1},
		},
		{
			name:   "last first",
			pieces: []fragment{{0, 1, 16, false, c}, {0, 1, 8, true, b}, {0, 1, 0, true, a}},
			v4:     []string{a + b + c},
			stats:  DefragStats{Added: 3, Joined: 3, Completed: 1},
		},
		{
			name:   "repeated",
			pieces: []fragment{{0, 1, 0, true, a}, {0, 1, 0, true, a}, {0, 1, 8, false, c}},
			v4:     []string{a + c},
			stats:  DefragStats{Added: 3, Joined: 2, Copies: 1, Completed: 1},
		},
		{
			name:   "overlap with the same bytes",
			pieces: []fragment{{0, 1, 0, true, a + b}, {0, 1, 8, true, b + b}, {0, 1, 16, false, b + c}},
			v4:     []string{a + b + b + c},
			stats:  DefragStats{Added: 3, Joined: 3, Completed: 1},
		},
		{
			name:   "overlap with other bytes: the datagram is discarded, in IPv6 what still comes too",
			pieces: []fragment{{0, 1, 0, true, a}, {0, 1, 0, true, b}, {0, 1, 0, true, a}, {0, 1, 8, false, c}},
			v4:     []string{a + c},
			v6:     []string{},
			lost:   2,
			stats:  DefragStats{Added: 4, Joined: 2, Completed: 1, Overlapping: 2},
		},
		{
			name:   "two ends",
			pieces: []fragment{{0, 1, 8, false, c}, {0, 1, 8, false, b}},
			lost:   2,
			stats:  DefragStats{Added: 2, Overlapping: 2},
		},
		{
			name:   "bytes behind the end",
			pieces: []fragment{{0, 1, 8, true, b}, {0, 1, 0, false, c}},
			lost:   2,
			stats:  DefragStats{Added: 2, Overlapping: 2},
		},
		{
			name:   "interleaved",
			pieces: []fragment{{0, 1, 0, true, a}, {0, 2, 0, true, b}, {0, 2, 8, false, c}, {0, 1, 8, false, c}},
			v4:     []string{b + c, a + c},
			stats:  DefragStats{Added: 4, Joined: 4, Completed: 2},
		},
		{
			name:   "copies interleaved, and after the datagram was completed",
			pieces: []fragment{{0, 1, 0, true, a}, {1, 1, 0, true, a}, {2, 1, 8, false, c}, {3, 1, 8, false, c}, {4, 1, 0, true, a}},
			v4:     []string{a + c},
			stats:  DefragStats{Added: 5, Joined: 2, Copies: 3, Completed: 1},
		},
		{
			name:   "the same number again with other bytes",
			pieces: []fragment{{0, 1, 0, true, a}, {0, 1, 8, false, c}, {1, 1, 0, true, b}, {1, 1, 8, false, c}},
			v4:     []string{a + c, b + c},
			stats:  DefragStats{Added: 4, Joined: 4, Completed: 2},
		},
		{
			name:   "the same datagram later is another one",
			pieces: []fragment{{0, 1, 0, true, a}, {0, 1, 8, false, c}, {second, 1, 0, true, a}, {second, 1, 8, false, c}},
			v4:     []string{a + c, a + c},
			stats:  DefragStats{Added: 4, Joined: 4, Completed: 2},
		},
		{
			name:   "too late",
			pieces: []fragment{{0, 1, 0, true, a}, {30*second + 1, 1, 8, false, c}},
			lost:   2,
			stats:  DefragStats{Added: 2, Expired: 1, Discarded: 1},
		},
		{
			name:   "length in the middle not a multiple of eight",
			pieces: []fragment{{0, 1, 0, true, "aaa"}, {0, 1, 0, true, ""}},
			lost:   2,
			stats:  DefragStats{Added: 2, Invalid: 2},
		},
		{
			name:   "longer than a datagram can be",
			pieces: []fragment{{0, 1, 65528, false, a}},
			lost:   1,
			stats:  DefragStats{Added: 1, Invalid: 1},
		},
		{
			name:   "empty last fragment",
			pieces: []fragment{{0, 1, 8, false, ""}, {0, 1, 0, true, a}},
			v4:     []string{a},
			stats:  DefragStats{Added: 2, Joined: 2, Completed: 1},
		},
	}
	for _, tt := range tests {
		for _, v6 := range []bool{false, true} {
			name := tt.name + " v4"
			if v6 {
				name = tt.name + " v6"
			}
			t.Run(name, func(t *testing.T) {
				want := tt.v4
				if v6 && tt.v6 != nil {
					want = tt.v6
				}
				d := NewDefrag(DefaultConfig().Fragments)
				var got []string
				for _, f := range tt.pieces {
					if payload, _, ok := d.Add(f.at, f.of(v6), []byte(f.data)); ok {
						got = append(got, string(payload))
					}
				}
				lost := d.Close()
				if strings.Join(got, "|") != strings.Join(want, "|") {
					t.Errorf("payloads %q, want %q", got, want)
				}
				if v6 && tt.v6 != nil {
					return
				}
				if lost != tt.lost {
					t.Errorf("%d fragments lost, want %d", lost, tt.lost)
				}
				st := d.Stats()
				st.Bytes = 0
				if diff := cmp.Diff(tt.stats, st); diff != "" {
					t.Errorf("stats (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// In IPv6 only the first fragment says what the datagram carries.
func TestDefragProtocolOfTheFirst(t *testing.T) {
	d := NewDefrag(DefaultConfig().Fragments)
	first, last := fragment{id: 1, more: true}.of(true), fragment{id: 1, from: 8}.of(true)
	first.Proto, last.Proto = 6, 60
	d.Add(0, first, []byte("12345678"))
	if _, n, ok := d.Add(0, last, []byte("9")); !ok || n != 2 || last.Proto != 6 {
		t.Errorf("ok %v, %d packets, protocol %d", ok, n, last.Proto)
	}
}

// Random datagrams cut at random, with repeated and overlapping pieces, in any
// order and mixed, are joined again, and every fragment is accounted for.
func TestAnyFragmentsMakeTheDatagrams(t *testing.T) {
	for seed := range int64(200) {
		r := rand.New(rand.NewSource(seed))
		v6 := seed%2 == 0
		var pieces []fragment
		want, seen := map[uint32]string{}, map[uint32]bool{}
		for id := range uint32(1 + r.Intn(5)) {
			text := string(randomText(r, 1+r.Intn(9000)))
			want[id] = text
			for from := 0; from < len(text); {
				n := min(8*(1+r.Intn(200)), len(text)-from)
				pieces = append(pieces, fragment{0, id, uint32(from), from+n < len(text), text[from : from+n]})
				from += n
			}
			for range r.Intn(4) {
				from := r.Intn(len(text)/8+1) * 8
				if n := min(8*(1+r.Intn(100)), len(text)-from); n > 0 {
					pieces = append(pieces, fragment{0, id, uint32(from), from+n < len(text), text[from : from+n]})
				}
			}
		}
		r.Shuffle(len(pieces), func(i, j int) { pieces[i], pieces[j] = pieces[j], pieces[i] })
		d := NewDefrag(DefaultConfig().Fragments)
		joined := 0
		for _, f := range pieces {
			borrowed := []byte(f.data)
			payload, n, ok := d.Add(0, f.of(v6), borrowed)
			clear(borrowed)
			if ok {
				joined += n
				if string(payload) != want[f.id] {
					t.Fatalf("seed %d: datagram %d differs", seed, f.id)
				}
				if seen[f.id] {
					t.Fatalf("seed %d: datagram %d joined twice", seed, f.id)
				}
				seen[f.id] = true
			}
		}
		if len(seen) != len(want) {
			t.Fatalf("seed %d: %d datagrams joined of %d", seed, len(seen), len(want))
		}
		if copies, lost := d.Copies(), d.Close(); lost != 0 || joined+copies != len(pieces) {
			t.Fatalf("seed %d: %d fragments joined, %d copies and %d lost of %d", seed, joined, copies, lost, len(pieces))
		}
	}
}

// Floods stay within entries and bytes; the oldest go.
func TestDefragLimits(t *testing.T) {
	config := DefragConfig{MaxDatagrams: 100, MaxBytes: 1 << 20, Timeout: 30e9}
	d := NewDefrag(config)
	lost := 0
	for i := range uint32(2000) {
		from := (i % 9) * 8000
		d.Add(int64(i), fragment{id: i, from: from - from%8, more: true}.of(false), bytes.Repeat([]byte("x"), 504))
		if st := d.Stats(); st.Datagrams > 100 || st.Bytes > 1<<20 {
			t.Fatalf("after %d: %+v", i, st)
		}
		lost += d.Expire(int64(i))
	}
	lost += d.Close()
	if st := d.Stats(); uint64(lost) != st.Added || st.Evicted == 0 || st.Datagrams != 0 {
		t.Errorf("%d lost, %+v", lost, st)
	}
}

// Fragments inside of fragments: what Add returned may be handed in again.
func TestDefragOfItsOwnPayload(t *testing.T) {
	d := NewDefrag(DefaultConfig().Fragments)
	d.Add(0, fragment{id: 1, more: true}.of(false), []byte("innerpay"))
	payload, _, _ := d.Add(0, fragment{id: 1, from: 8}.of(false), []byte("load...."))
	d.Add(0, fragment{id: 2, more: true}.of(true), payload)
	if invariants.Enabled && payload[0] != 0xCC {
		t.Error("the payload can still be read behind the next Add")
	}
	got, _, ok := d.Add(0, fragment{id: 2, from: 16}.of(true), []byte("end"))
	if !ok || string(got) != "innerpayload....end" {
		t.Errorf("%v %q", ok, got)
	}
}

// Where copies are kept, a set of fragments that comes twice makes two datagrams, and a fragment that comes twice is one more of
// its datagram.
func TestDefragKeepsCopies(t *testing.T) {
	d := NewDefrag(DefaultConfig().Fragments)
	d.KeepCopies = true
	first, last := fragment{id: 1, more: true}, fragment{id: 1, from: 8}
	var fragments []int
	for _, f := range []fragment{first, first, last, first, last} {
		if _, n, ok := d.Add(0, f.of(false), []byte("12345678")); ok {
			fragments = append(fragments, n)
		}
	}
	if diff := cmp.Diff([]int{3, 2}, fragments); diff != "" || d.Copies() != 0 {
		t.Errorf("fragments of the datagrams (-want +got):\n%s", diff)
	}
}
