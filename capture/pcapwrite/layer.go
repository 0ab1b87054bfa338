package pcapwrite

// Layer is a header that can be put around what it carries.
type Layer interface {
	wrap(u *unit)
}

// Build stacks layers, outermost first, around payload and returns the packet. The payload is copied.
func Build(payload []byte, layers ...Layer) []byte {
	u := newUnit(payload)
	for i := len(layers) - 1; i >= 0; i-- {
		layers[i].wrap(u)
	}
	return u.bytes()
}

// unit is a packet under construction, from the inside to the outside. It remembers what it is, so that the next
// header can say so: its EtherType for a link layer, its protocol number for an IP layer.
type unit struct {
	buf   []byte
	start int
	ether uint16
	proto uint8
}

// headroom is enough for the deepest stack in use: Ethernet, two VLAN tags, PPPoE, IPv6, UDP, GTP, IPv6, TCP.
const headroom = 192

func newUnit(payload []byte) *unit {
	u := &unit{buf: make([]byte, headroom+len(payload)), start: headroom, proto: 59}
	copy(u.buf[headroom:], payload)
	return u
}

func (u *unit) bytes() []byte { return u.buf[u.start:] }

// push makes room for n bytes in front and returns them, zeroed.
func (u *unit) push(n int) []byte {
	if u.start < n {
		grown := make([]byte, n+headroom+len(u.buf)-u.start)
		copy(grown[n+headroom:], u.bytes())
		u.buf, u.start = grown, n+headroom
	}
	u.start -= n
	head := u.buf[u.start : u.start+n]
	clear(head)
	return head
}

// Numbers of the EtherType and IP protocol registries.
const (
	etherIPv4    = 0x0800
	etherBridged = 0x6558 // an Ethernet frame in GRE and Geneve
	etherVLAN    = 0x8100
	etherIPv6    = 0x86dd
	etherMPLS    = 0x8847
	etherPPPoE   = 0x8864
	etherQinQ    = 0x88a8
	etherERSPAN  = 0x88be
	etherVNTag   = 0x8926
	etherETag    = 0x893f
	etherERSPAN3 = 0x22eb

	protoICMP   = 1
	protoIPIP   = 4
	protoTCP    = 6
	protoUDP    = 17
	protoIPv6   = 41
	protoGRE    = 47
	protoESP    = 50
	protoICMPv6 = 58
	protoL2TP   = 115
	protoMPLS   = 137
)
