package pcapwrite

import (
	"encoding/binary"
	"hash/crc32"
	"net/netip"
)

// SCTP is an SCTP common header (RFC 9260 section 3.1) around chunks.
type SCTP struct {
	Src, Dst uint16
	Tag      uint32
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func (t SCTP) wrap(u *unit) {
	h := u.push(12)
	binary.BigEndian.PutUint16(h, t.Src)
	binary.BigEndian.PutUint16(h[2:], t.Dst)
	binary.BigEndian.PutUint32(h[4:], t.Tag)
	binary.LittleEndian.PutUint32(h[8:], crc32.Checksum(u.bytes(), castagnoli))
	u.proto = protoSCTP
}

const protoSCTP = 132

// SCTPPort is the UDP port of SCTP in UDP (RFC 6951).
const SCTPPort = 9899

// ChunkType is the type of an SCTP chunk.
type ChunkType byte

// The types in use.
const (
	Data         ChunkType = 0
	Init         ChunkType = 1
	InitAck      ChunkType = 2
	SACK         ChunkType = 3
	Heartbeat    ChunkType = 4
	Abort        ChunkType = 6
	Shutdown     ChunkType = 7
	CookieEcho   ChunkType = 10
	CookieAck    ChunkType = 11
	IData        ChunkType = 64
	ForwardTSN   ChunkType = 192
	tagReflected           = 1
)

// Chunk returns a chunk with its padding.
func Chunk(kind ChunkType, flags byte, value []byte) []byte {
	b := binary.BigEndian.AppendUint16([]byte{byte(kind), flags}, uint16(4+len(value)))
	b = append(b, value...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

// Association is an SCTP association between two endpoints. It keeps the sequence numbers, so that chunks that are never
// captured still count.
type Association struct {
	Client, Server netip.AddrPort
	Interleaved    bool      // user data is sent as I-DATA (RFC 8260)
	tags           [2]uint32 // that packets to the client's side and to the server's side carry
	tsn            [2]uint32
	numbers        [2]map[uint16]uint32 // number of the next message, by stream
	open           bool
}

// Packet is the chunks of one SCTP packet with its endpoints.
type SCTPPacket struct {
	From, To netip.AddrPort
	Header   SCTP
	Chunks   []byte
}

// NewAssociation returns an association. seed chooses its tags and its first sequence numbers.
func NewAssociation(client, server netip.AddrPort, seed uint32) *Association {
	return &Association{
		Client: client, Server: server, tags: [2]uint32{seed*2654435761 | 1, seed*2246822519 | 2}, tsn: [2]uint32{seed * 1000, seed*1000 + 500},
		numbers: [2]map[uint16]uint32{{}, {}},
	}
}

// Open returns the four packets of the handshake, or none when the association is open.
func (a *Association) Open() []SCTPPacket {
	if a.open {
		return nil
	}
	a.open = true
	ack := a.packet(1, a.opening(InitAck, 1))
	return []SCTPPacket{a.Init(), ack, a.packet(0, Chunk(CookieEcho, 0, []byte("cookie"))), a.packet(1, Chunk(CookieAck, 0, nil))}
}

// Init returns the packet that asks for the association.
func (a *Association) Init() SCTPPacket {
	p := a.packet(0, a.opening(Init, 0))
	p.Header.Tag = 0
	return p
}

// Refuse returns the packet that refuses it.
func (a *Association) Refuse() SCTPPacket { return a.packet(1, Chunk(Abort, tagReflected, nil)) }

// Resume marks the association as open without a handshake, as a capture that begins in the middle sees it.
func (a *Association) Resume() { a.open = true }

// opening returns an INIT or INIT ACK of a side, which names the tag of the packets to that side.
func (a *Association) opening(kind ChunkType, side int) []byte {
	value := binary.BigEndian.AppendUint32(nil, a.tags[side])
	value = binary.BigEndian.AppendUint32(value, 106496)                                // a_rwnd
	value = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(value, 10), 10) // streams
	value = binary.BigEndian.AppendUint32(value, a.tsn[side])
	if kind == InitAck {
		value = append(value, 0, 7, 0, 10, 'c', 'o', 'o', 'k', 'i', 'e', 0, 0)
	}
	return Chunk(kind, 0, value)
}

// Message says how a message is sent.
type Message struct {
	Stream    uint16
	Unordered bool
	Sizes     []int // bytes of the first fragments; the rest goes into one more
}

// Send returns the chunks of a message, one for each fragment.
func (a *Association) Send(from netip.AddrPort, payload []byte, m Message) [][]byte {
	side := a.side(from)
	number := a.numbers[side][m.Stream]
	if !m.Unordered {
		a.numbers[side][m.Stream]++
	}
	var out [][]byte
	flags := byte(2) // B
	if m.Unordered {
		flags |= 4
	}
	for i, rest := 0, payload; ; i++ {
		part := rest
		if i < len(m.Sizes) && m.Sizes[i] < len(rest) {
			part = rest[:m.Sizes[i]]
		} else {
			flags |= 1 // E
		}
		out = append(out, a.data(side, flags, m.Stream, number, uint32(i), part))
		rest = rest[len(part):]
		if len(rest) == 0 {
			return out
		}
		flags &^= 2
	}
}

func (a *Association) data(side int, flags byte, stream uint16, number, place uint32, part []byte) []byte {
	value := binary.BigEndian.AppendUint32(nil, a.tsn[side])
	a.tsn[side]++
	value = binary.BigEndian.AppendUint16(value, stream)
	if a.Interleaved {
		value = binary.BigEndian.AppendUint16(value, 0)
		value = binary.BigEndian.AppendUint32(value, number)
		value = binary.BigEndian.AppendUint32(value, place) // of the first one it is the payload protocol identifier, 0
		return Chunk(IData, flags, append(value, part...))
	}
	value = binary.BigEndian.AppendUint16(value, uint16(number))
	value = binary.BigEndian.AppendUint32(value, 0) // payload protocol identifier
	return Chunk(Data, flags, append(value, part...))
}

// Bundle returns a packet with chunks.
func (a *Association) Bundle(from netip.AddrPort, chunks ...[]byte) SCTPPacket {
	var all []byte
	for _, c := range chunks {
		all = append(all, c...)
	}
	return a.packet(a.side(from), all)
}

// Acknowledge returns a SACK chunk for all that the other side has sent.
func (a *Association) Acknowledge(from netip.AddrPort) []byte {
	value := binary.BigEndian.AppendUint32(nil, a.tsn[1-a.side(from)]-1)
	value = binary.BigEndian.AppendUint32(value, 106496)
	return Chunk(SACK, 0, append(value, 0, 0, 0, 0))
}

func (a *Association) side(from netip.AddrPort) int {
	if from == a.Client {
		return 0
	}
	return 1
}

func (a *Association) packet(side int, chunks []byte) SCTPPacket {
	ends := [2]netip.AddrPort{a.Client, a.Server}
	from, to := ends[side], ends[1-side]
	return SCTPPacket{From: from, To: to, Chunks: chunks, Header: SCTP{Src: from.Port(), Dst: to.Port(), Tag: a.tags[1-side]}}
}
