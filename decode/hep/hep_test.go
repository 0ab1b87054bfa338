package hep

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/binary"
	"io"
	"net/netip"
	"strings"
	"testing"
	"testing/quick"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const invite = "INVITE sip:bob@example.com SIP/2.0\r\nCall-ID: 1@x\r\n\r\n"

// whole is a packet with everything that Append writes.
func whole() Packet {
	return Packet{
		Version: 3, Protocol: SIP, IPProtocol: IPProtocolTCP, HasNode: true, HasDetails: true, VLAN: 7, Node: 2001,
		Src: netip.MustParseAddrPort("192.0.2.1:5060"), Dst: netip.MustParseAddrPort("192.0.2.2:5070"), Time: 1700000000_123456789,
		NodeName: []byte("edge-1"), Key: []byte("secret"), Correlation: []byte("a@b"), Payload: []byte(invite),
		Details: Details{Transport: 2, Flags: 0x104},
	}
}

func equal(a, b Packet) string {
	return cmp.Diff(a, b, cmpopts.EquateEmpty(), cmp.Comparer(func(x, y netip.AddrPort) bool { return x == y }))
}

func TestAppendIsReadBack(t *testing.T) {
	six := whole()
	six.Src, six.Dst = netip.MustParseAddrPort("[2001:db8::1]:5061"), netip.MustParseAddrPort("[2001:db8::2]:1")
	for name, p := range map[string]Packet{
		"everything": whole(),
		"IPv6":       six,
		"little":     {Version: 3, Protocol: Log, HasNode: true, Payload: []byte("x")},
	} {
		b, ok := Append([]byte("before"), &p)
		b = b[len("before"):]
		var got Packet
		if fault := got.Parse(b); !ok || fault != Whole {
			t.Fatalf("%s: %v, %v", name, ok, fault)
		}
		if diff := equal(p, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if n := Length(b); n != len(b) {
			t.Errorf("%s: length %d of %d", name, n, len(b))
		}
		for n := range b {
			if fault := got.Parse(b[:n]); fault == Whole {
				t.Errorf("%s: %d of %d bytes are whole", name, n, len(b))
			}
		}
	}
	large := Packet{Payload: make([]byte, MaxLength-50)}
	if b, ok := Append([]byte("x"), &large); ok || string(b) != "x" {
		t.Error("a packet of more than 65,535 bytes was written")
	}
}

// chunk3 builds a packet of version 3 out of chunks that were written by hand.
func chunk3(chunks ...string) []byte {
	body := strings.Join(chunks, "")
	return append(binary.BigEndian.AppendUint16([]byte(magic), uint16(header+len(body))), body...)
}

func TestFaults(t *testing.T) {
	fixed := "\x02\x10\x02\x11\x13\xc4\x13\xc5\xc0\x00\x02\x01\xc0\x00\x02\x02"
	for _, test := range []struct {
		name string
		data string
		want Fault
	}{
		{"nothing", "", NotHEP},
		{"SIP", invite, NotHEP},
		{"half a magic", "HEP", NotHEP},
		{"no chunk", string(chunk3()), Whole},
		{"a length of 0", "HEP3\x00\x00", BadChunk},
		{"more than there is", "HEP3\xff\xff", Cut},
		{"a chunk without a length", string(chunk3("\x00\x00\x00\x0f")), BadChunk},
		{"a chunk of length 0", string(chunk3("\x00\x00\x00\x0f\x00\x00")), BadChunk},
		{"a chunk of length 5", string(chunk3("\x00\x00\x00\x0f\x00\x05")), BadChunk},
		{"an empty payload", string(chunk3("\x00\x00\x00\x0f\x00\x06")), Whole},
		{"a chunk beyond the packet", string(chunk3("\x00\x00\x00\x0f\x00\x08x")), BadChunk},
		{"a port of three bytes", string(chunk3("\x00\x00\x00\x07\x00\x09abc")), BadChunk},
		{"an unknown vendor", string(chunk3("\x00\x02\x00\x07\x00\x09abc")), Whole},
		{"an unknown type", string(chunk3("\x00\x00\x7f\x07\x00\x09abc")), Whole},
		{"details that are too short", string(chunk3("SS\x00\x02\x00\x07x")), BadChunk},
		{"version 1", "\x01" + fixed[1:] + invite, Whole},
		{"version 2 without a time", fixed, Cut},
		{"version 2 without a payload", fixed + strings.Repeat("\x00", 12), Whole},
		{"another family", "\x01\x10\x07" + fixed[3:], NotHEP},
		{"another length", "\x01\x11" + fixed[2:], NotHEP},
		{"half a header", fixed[:7], NotHEP},
		{"half an address", fixed[:14], Cut},
	} {
		var p Packet
		if got := p.Parse([]byte(test.data)); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

// TestFixed reads versions 1 and 2 in both byte orders of the time, with and without the time counted as header.
func TestFixed(t *testing.T) {
	ends := "\x13\xc4\x13\xc5\xc0\x00\x02\x01\xc0\x00\x02\x02"
	six := "\x13\xc4\x13\xc5" + strings.Repeat("\x20", 16) + strings.Repeat("\x21", 16)
	stamp := func(order binary.AppendByteOrder) string {
		b := order.AppendUint32(nil, 1700000000)
		b = order.AppendUint32(b, 250000)
		return string(order.AppendUint16(b, 7)) + "\x00\x00"
	}
	const at = 1700000000_250000000
	for _, test := range []struct {
		name, data string
		time       int64
		src        string
	}{
		{"1", "\x01\x10\x02\x11" + ends, 0, "192.0.2.1:5060"},
		{"1 over IPv6", "\x01\x28\x0a\x11" + six, 0, "[2020:2020:2020:2020:2020:2020:2020:2020]:5060"},
		{"2", "\x02\x10\x02\x11" + ends + stamp(binary.LittleEndian), at, "192.0.2.1:5060"},
		{"2, big endian", "\x02\x10\x02\x11" + ends + stamp(binary.BigEndian), at, "192.0.2.1:5060"},
		{"2, the time counts", "\x02\x1c\x02\x11" + ends + stamp(binary.LittleEndian), at, "192.0.2.1:5060"},
		{"2 over IPv6", "\x02\x28\x1e\x11" + six + stamp(binary.LittleEndian), at, "[2020:2020:2020:2020:2020:2020:2020:2020]:5060"},
		{"2 without a clock", "\x02\x10\x02\x11" + ends + strings.Repeat("\x00", 12), 0, "192.0.2.1:5060"},
	} {
		var p Packet
		if fault := p.Parse([]byte(test.data + invite)); fault != Whole {
			t.Fatalf("%s: %v", test.name, fault)
		}
		if p.Time != test.time || p.Src.String() != test.src || string(p.Payload) != invite || p.Protocol != SIP || p.IPProtocol != IPProtocolUDP {
			t.Errorf("%s: %+v", test.name, p)
		}
		if p.HasNode != (test.time != 0) || p.HasNode && p.Node != 7 {
			t.Errorf("%s: node %d", test.name, p.Node)
		}
	}
}

func TestAllowed(t *testing.T) {
	for _, test := range []struct {
		has, key string
		want     bool
	}{
		{"", "", true}, {"x", "", true}, {"secret", "secret", true}, {"secret\x00", "secret", true}, {"", "secret", false}, {"secre", "secret", false},
		{"Secret", "secret", false},
	} {
		if p := (Packet{Key: []byte(test.has)}); p.Allowed(test.key) != test.want {
			t.Errorf("%q where %q is demanded: %t", test.has, test.key, !test.want)
		}
	}
}

func TestMayBegin(t *testing.T) {
	for text, want := range map[string]bool{"": false, "H": true, "HEP": true, "HEP3": true, "HEP3\x00": true, "HEP2": false, "HI": false, "INVITE": false} {
		if MayBegin([]byte(text)) != want {
			t.Errorf("%q: %t", text, !want)
		}
	}
}

// compressed returns text in the three forms that agents use.
func compressed(text string) map[string][]byte {
	all := map[string][]byte{}
	for name, open := range map[string]func(io.Writer) io.WriteCloser{
		"zlib":    func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) },
		"gzip":    func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
		"DEFLATE": func(w io.Writer) io.WriteCloser { f, _ := flate.NewWriter(w, 9); return f },
	} {
		var b bytes.Buffer
		w := open(&b)
		_, _ = io.WriteString(w, text)
		_ = w.Close()
		all[name] = b.Bytes()
	}
	return all
}

func TestInflate(t *testing.T) {
	var x Inflater
	for range 2 { // with new memory, and with used
		for name, b := range compressed(invite) {
			got, err := x.Inflate(b, len(invite))
			if err != nil || string(got) != invite {
				t.Errorf("%s: %q, %v", name, got, err)
			}
			if _, err := x.Inflate(b, len(invite)-1); err == nil {
				t.Errorf("%s: more than the limit was returned", name)
			}
			if _, err := x.Inflate(b[:len(b)/2], 1<<20); err == nil {
				t.Errorf("%s: half a payload was taken for a whole one", name)
			}
		}
	}
	bomb := compressed(strings.Repeat("A", 10<<20))["zlib"]
	if _, err := x.Inflate(bomb, 64<<10); err == nil || cap(x.out) > 256<<10 {
		t.Errorf("10 MiB in %d bytes took %d bytes of memory: %v", len(bomb), cap(x.out), err)
	}
}

// TestDeflate compresses what becomes smaller, once.
func TestDeflate(t *testing.T) {
	var d Deflater
	var x Inflater
	for range 2 { // with new memory, and with used
		p := Packet{Payload: []byte(strings.Repeat(invite, 20))}
		d.Deflate(&p)
		small := bytes.Clone(p.Payload)
		if got, err := x.Inflate(p.Payload, 1<<16); err != nil || !p.Compressed || string(got) != strings.Repeat(invite, 20) {
			t.Errorf("%v, %d bytes, %v", p.Compressed, len(got), err)
		}
		if d.Deflate(&p); !bytes.Equal(p.Payload, small) {
			t.Error("a payload is compressed twice")
		}
	}
	random := make([]byte, 1000)
	for i, n := 0, uint32(1); i < len(random); i++ {
		n = n*1664525 + 1013904223
		random[i] = byte(n >> 24)
	}
	for _, payload := range [][]byte{nil, []byte(invite), random} {
		p := Packet{Payload: payload}
		if d.Deflate(&p); p.Compressed || !bytes.Equal(p.Payload, payload) {
			t.Errorf("%d bytes became %d", len(payload), len(p.Payload))
		}
	}
}

func TestNothingIsAllocated(t *testing.T) {
	p := whole()
	b, _ := Append(nil, &p)
	buf := make([]byte, 0, 2*len(b))
	var got Packet
	var x Inflater
	zipped := compressed(invite)["zlib"]
	_, _ = x.Inflate(zipped, 1<<16)
	if n := testing.AllocsPerRun(100, func() {
		got.Parse(b)
		got.Allowed("secret")
		buf, _ = Append(buf[:0], &p)
	}); n != 0 {
		t.Errorf("reading and writing a packet allocates %v times", n)
	}
	if n := testing.AllocsPerRun(100, func() { _, _ = x.Inflate(zipped, 1<<16) }); n != 0 {
		t.Errorf("taking off compression allocates %v times", n)
	}
}

// TestQuick writes packets with any content.
func TestQuick(t *testing.T) {
	write := func(node uint32, seconds uint32, nanos uint32, key, correlation, payload []byte, compressed bool, port uint16) bool {
		p := Packet{
			Version: 3, Protocol: SIP, HasNode: true, Node: node, Time: int64(seconds)*1e9 + int64(nanos%1e9), Key: key, Correlation: correlation,
			Payload: payload, Compressed: compressed, Src: netip.AddrPortFrom(netip.AddrFrom4([4]byte{1, 2, 3, 4}), port),
		}
		b, ok := Append(nil, &p)
		var got Packet
		return ok && got.Parse(b) == Whole && equal(p, got) == ""
	}
	if err := quick.Check(write, nil); err != nil {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	p := whole()
	b, _ := Append(nil, &p)
	f.Add(b)
	f.Add([]byte("\x02\x10\x02\x11\x13\xc4\x13\xc5\xc0\x00\x02\x01\xc0\x00\x02\x02\x00\xf1\x53\x65\x00\x00\x00\x00\x07\x00\x00\x00" + invite))
	f.Add(chunk3("\x00\x00\x00\x0f\xff\xff"))
	f.Add(chunk3("\x00\x00\x00\x0f\x00\x06", "\x00\x00\x00\x10\x00\x07x"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var p Packet
		if p.Parse(data) != Whole {
			return
		}
		for _, s := range [][]byte{p.Payload, p.Key, p.Correlation, p.NodeName} {
			if len(s) > 0 && !bytes.Contains(data, s) {
				t.Fatalf("%q is not in the packet", s)
			}
		}
		if p.Compressed {
			var x Inflater
			if out, err := x.Inflate(p.Payload, 1<<16); err == nil && len(out) > 1<<16 {
				t.Fatalf("%d bytes", len(out))
			}
		}
		again, ok := Append(nil, &p)
		var q Packet
		if ok && (q.Parse(again) != Whole || !bytes.Equal(p.Payload, q.Payload) || p.Src != q.Src || p.Details != q.Details) {
			t.Fatalf("%+v became %+v", p, q)
		}
	})
}
