package hep

import (
	"bytes"
	"crypto/subtle"
	"net/netip"
)

// Protocol is what the payload of a packet is.
type Protocol uint8

// The protocols that are told apart.
const (
	SIP     Protocol = 1
	RTP     Protocol = 4
	RTCP    Protocol = 5 // reports of RTCP as JSON
	Quality Protocol = 32
	Log     Protocol = 100
)

// Numbers of IP protocols as agents name them. Some agents have numbers of their own for what is carried in TCP.
const (
	IPProtocolTCP  = 6
	IPProtocolUDP  = 17
	IPProtocolTLS  = 22 // Kamailio and captagent: TLS
	IPProtocolWS   = 50 // Kamailio: WebSocket
	IPProtocolSCTP = 132
)

// Packet is one packet of HEP. Its slices refer to the bytes that it was parsed from. What a packet does not name is zero.
type Packet struct {
	Version     uint8 // 1, 2 or 3
	Protocol    Protocol
	IPProtocol  uint8
	Compressed  bool // Payload is compressed: see Inflater
	HasNode     bool
	HasDetails  bool           // Details are there
	VLAN        uint16         // of the message
	Node        uint32         // number of the agent
	Src, Dst    netip.AddrPort // of the message
	Time        int64          // when the message was seen, Unix nanoseconds
	NodeName    []byte
	Key         []byte // with which the agent shows that it may send
	Correlation []byte // what all messages of a conversation have in common
	Payload     []byte
	Details     Details
}

// Details are what sipspan adds for another sipspan, because there is no chunk for it.
type Details struct {
	Transport uint8  // a wire.Transport
	Flags     uint32 // record.Flags
}

// Fault is why bytes are no packet. The zero value is none.
type Fault uint8

// The faults.
const (
	Whole    Fault = iota
	NotHEP         // it begins like no version
	Cut            // its end is missing
	BadChunk       // a chunk is longer than its packet, or shorter than its header or its value
)

var faultNames = [...]string{"whole", "it is no HEP", "the packet is cut short", "the length of a chunk is wrong"}

// String returns the fault as a sentence names it.
func (f Fault) String() string { return faultNames[f] }

// magic begins a packet of version 3.
const magic = "HEP3"

// header is the size of what begins a packet of version 3: magic and its length.
const header = len(magic) + 2

// Header is how many bytes Length needs.
const Header = header

// MaxLength is the size of the largest packet: its length has two bytes.
const MaxLength = 1<<16 - 1

// Length returns the size of the packet of version 3 that begins with b, of which Header bytes are enough. It is 0 if none begins
// with b.
func Length(b []byte) int {
	if len(b) < header || string(b[:len(magic)]) != magic {
		return 0
	}
	n := int(b[4])<<8 | int(b[5])
	if n < header {
		return 0
	}
	return n
}

// MayBegin reports whether b, which may be cut, can be the beginning of a packet of version 3.
func MayBegin(b []byte) bool {
	n := min(len(b), len(magic))
	return n > 0 && string(b[:n]) == magic[:n]
}

// Parse reads the packet in a datagram, or one of version 3 that was cut out of a stream. After a fault p holds what was read
// before it. It does not allocate.
func (p *Packet) Parse(b []byte) Fault {
	*p = Packet{}
	switch {
	case len(b) >= len(magic) && string(b[:len(magic)]) == magic:
		return p.parseChunks(b)
	case len(b) > 0 && (b[0] == 1 || b[0] == 2):
		return p.parseFixed(b)
	}
	return NotHEP
}

// Allowed reports whether the packet has the key, where one is demanded. It takes the same time for every wrong key of the same length.
func (p *Packet) Allowed(key string) bool {
	return key == "" || subtle.ConstantTimeCompare(bytes.TrimRight(p.Key, "\x00"), []byte(key)) == 1
}
