package store

import (
	"math"
	"net/netip"
	"testing"
	"time"
)

// What is packed is unpacked, with nothing left; whatever is cut off is noticed.
func TestCodec(t *testing.T) {
	type values struct {
		n          uint64
		i          int64
		small      uint8
		d          time.Duration
		base       int64
		times      [4]int64
		hash, none uint64
		a, b       bool
		raw        []byte
		s          string
		addrs      [6]netip.AddrPort
	}
	layout := func(c *Codec, v *values, texts [][]byte) (out []string) {
		c.Uint64(&v.n)
		c.Int64(&v.i)
		Number(c, &v.small)
		Number(c, &v.d)
		c.Base(&v.base)
		for i := range v.times {
			c.Time(&v.times[i])
		}
		c.Hash(&v.hash)
		c.Hash(&v.none)
		c.Bools(&v.a, &v.b)
		v.raw = c.Bytes(v.raw)
		c.String(&v.s)
		for i := range v.addrs {
			c.Addr(&v.addrs[i])
		}
		for _, text := range texts {
			out = append(out, string(c.Text(text)))
		}
		return out
	}
	v4, v6 := netip.MustParseAddrPort("192.0.2.1:5060"), netip.MustParseAddrPort("[2001:db8::1]:5061")
	party := netip.AddrPortFrom(netip.IPv6Unspecified().WithZone("party-1"), 0)
	in := values{
		math.MaxUint64, math.MinInt64, 255, -time.Hour, 1_700_000_000e9, [4]int64{0, 1_700_000_000e9, 1_699_999_999e9, math.MaxInt64},
		1 << 63, 0, false, true, []byte("raw"), "string", [6]netip.AddrPort{v4, v6, {}, v4, party, party},
	}
	texts := [][]byte{[]byte("one"), []byte("two"), nil, []byte("one")}
	var c Codec
	c.Pack(nil)
	layout(&c, &in, texts)
	packed := c.Packed()
	var out values
	c.Unpack(packed)
	got := layout(&c, &out, make([][]byte, len(texts)))
	if c.Failed() || c.Rest() != 0 {
		t.Errorf("failed %v, %d bytes are left", c.Failed(), c.Rest())
	}
	for i := range texts {
		if got[i] != string(texts[i]) {
			t.Errorf("text %d is %q, was %q", i, got[i], texts[i])
		}
	}
	if string(out.raw) != string(in.raw) {
		t.Errorf("bytes are %q", out.raw)
	}
	out.raw, in.raw = nil, nil
	if out.times != in.times || out.addrs != in.addrs || out.n != in.n || out.i != in.i || out.small != in.small || out.d != in.d ||
		out.base != in.base || out.hash != in.hash || out.none != 0 || out.a || !out.b || out.s != in.s {
		t.Errorf("unpacked %+v\nwas      %+v", out, in)
	}
	for n := range packed {
		c.Unpack(packed[:n])
		if layout(&c, new(values), make([][]byte, len(texts))); !c.Failed() {
			t.Errorf("nobody notices that only %d of %d bytes are there", n, len(packed))
		}
	}
}
