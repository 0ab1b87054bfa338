package ingest

import (
	"net/netip"

	"sipspan/capture"
	"sipspan/internal/packet"
	"sipspan/internal/wire"
	"sipspan/reassembly"
	"sipspan/reassembly/sctp"
	rtls "sipspan/reassembly/tls"
	"sipspan/reassembly/websocket"
	"sipspan/record"
)

// Handler receives what is found in the packets of one source. All arguments are borrowed until the call returns.
type Handler interface {
	// Message takes a framed message and its Call-ID, which is empty where it has none. A datagram that is meant as SIP but
	// has a broken start line is a message, too. It returns false if there is no room for the message, which is then lost.
	Message(meta *wire.Meta, raw, callID []byte) bool
	// NetworkEvent takes what the network reported, which may explain why a request got no answer. callID is the hash of the
	// Call-ID that the event is about. If it is not known, known is false, and the event may concern any session.
	NetworkEvent(e *wire.NetworkEvent, callID uint64, known bool)
	// TLS takes what was seen of a TLS connection with SIP, when it has ended.
	TLS(c *wire.TLSConnection)
}

// Ingest takes the packets of one source apart. One goroutine owns it.
type Ingest struct {
	handler   Handler
	defrag    *reassembly.Defrag
	streams   *reassembly.Streams
	protocols []streamProtocol // what a stream may be
	web       *websocket.Memory
	webSIP    uint64 // connections
	sctp      *sctp.Associations
	copies    *Copies // nil: what was captured twice counts twice
	spare     *Copies // the same, for copies that are left out under load; nil: they never were
	spares    bool    // they are left out now
	shared    bool    // other sources use copies as well

	pkt     packet.Packet
	other   packet.Packet // what an ICMP error quotes, and a frame of which only the payload is needed
	number  uint64        // of the frame in hand, 0 when it completes a datagram
	untimed bool          // the frame in hand has no time: only its order is known
	at      int64         // time of the frame in hand; it may lie a little before now
	now     int64
	outcome outcome
	carried uint64 // packets whose fate is that of the next message
	account Account

	origins origins
	servers *Servers          // nil: not counted
	meta    wire.Meta         // of the message in hand: the handler gets a pointer to it
	event   wire.NetworkEvent // the same for events
	opens   attempts
	request request
	framers framers
	tls     tlsTable
	trail   *trail // nil: nobody asks which frames carried a message
	hep     hepReader
}

// outcome notes what happened to the messages of the packet in hand.
type outcome struct {
	sent   bool    // one was delivered
	lost   bool    // the handler had no room for one
	copied bool    // one is a copy of what another source saw
	server *server // whose TLS the packet is of that cannot be read, nil if that is not known
	why    Ignored // why the packet is ignored unless one was delivered, 0 where it is not
}

// Options say what an Ingest does with packets that were captured twice or come in tunnels.
type Options struct {
	Copies     *Copies     // recognises them; nil counts them twice
	Shared     bool        // several sources use Copies
	MaxTunnels int         // how many tunnels in one another are followed; 0 stands for packet.DefaultTunnels
	Origins    *Origins    // numbers the places that packets come from; nil leaves them out
	Servers    *Servers    // counts those whose TLS cannot be read; nil: nobody asks
	Interface  string      // the name of the source, if it is not the only one
	TLS        rtls.Config // its zero value stands for the default
	Keys       *rtls.Keys  // secrets to decrypt TLS with; nil: none
	Follow     Follower    // wants to know which frames carried a message; nil: nobody does, and nothing is kept for it
	HEP        HEP
}

// New returns an Ingest that delivers to h. It does not call h before Frame, Expire or Close.
func New(c reassembly.Config, o Options, h Handler) *Ingest {
	in := &Ingest{handler: h, copies: o.Copies, shared: o.Shared, servers: o.Servers, protocols: streamProtocols[:]}
	in.pkt.Tunnels = uint8(min(o.MaxTunnels, packet.MaxTunnels))
	in.other.Tunnels = in.pkt.Tunnels
	if in.origins = (origins{shared: o.Origins, iface: o.Interface}); o.Origins != nil {
		in.origins.plain = o.Origins.number(origin{iface: o.Interface})
	}
	in.defrag = reassembly.NewDefrag(c.Fragments)
	in.defrag.KeepCopies = o.Copies == nil
	in.streams = reassembly.NewStreams(c.TCP, streamHandler{in})
	in.web = websocket.NewMemory(c.WebSocket)
	in.sctp = sctp.New(c.SCTP, associationHandler{in})
	if o.TLS.MaxConnections == 0 {
		o.TLS = rtls.DefaultConfig()
	}
	in.tls = newTLSTable(in, o.TLS, o.Keys)
	if o.Follow != nil {
		in.trail = newTrail(o.Follow, c.Fragments.Timeout)
		in.sctp.Trace()
	}
	in.hep = hepReader{HEP: o.HEP, in: in}
	return in
}

// Frame takes one frame to its fate. Both times are packet time in nanoseconds: at is that of the frame, now the one that the
// source has reached.
func (in *Ingest) Frame(f *capture.Frame, at, now int64) {
	in.untimed = f.Clock == capture.ClockNone
	if f.Link == capture.LinkUpperPDU {
		takePDU(in, f, at, now)
		return
	}
	if f.Link == capture.LinkHEP {
		takeHEP(in, f, at, now)
		return
	}
	in.account.Packets++
	in.account.Bytes += uint64(f.Length)
	if in.untimed {
		in.account.Untimed++
	}
	if why, ok := ignorable(packet.PlainUDP(uint16(f.Link), f.Data)); ok {
		in.account.Ignored[why]++ // neither addresses nor time are needed
		return
	}
	in.at, in.now = at, now
	if in.trail != nil {
		in.trail.frame(f)
	}
	in.tls.lookForKeys(now)
	in.walked(in.pkt.Walk(uint16(f.Link), f.Data), f.Number)
	for {
		verdict, more := in.pkt.Next()
		if !more {
			return
		}
		// An aggregated wireless frame holds several packets. Each has a fate of its own, so each counts.
		in.account.Packets++
		in.walked(verdict, f.Number)
	}
}

// walked takes the packet in hand to its fate, or holds it back.
func (in *Ingest) walked(v packet.Verdict, number uint64) {
	if v == packet.VerdictFragment {
		in.fragment()
		return
	}
	in.number = number
	in.transport(v, 1)
}

// countTunnel counts packets by the outermost tunnel around the datagram in hand.
func (in *Ingest) countTunnel(packets uint64) {
	if in.pkt.Depth > 0 {
		in.account.Tunnels[in.pkt.Outer.Path[0]] += packets
	}
}

// fragment holds a fragment back until its datagram is whole. All packets of a datagram share its fate.
func (in *Ingest) fragment() {
	in.account.Held++
	for depth := 0; depth < 4; depth++ {
		frag := in.pkt.Fragment
		if in.trail != nil {
			in.trail.fragment(&frag, in.now)
		}
		payload, packets, ok := in.defrag.Add(in.now, &frag, in.pkt.Payload)
		in.expireFragments()
		copied := in.countCopiedFragments()
		if in.trail != nil {
			in.trail.fragmentTaken(in.at, copied, ok)
		}
		if !ok {
			return
		}
		verdict := in.pkt.Resume(frag.Src, frag.Dst, frag.Proto, payload)
		if verdict != packet.VerdictFragment {
			in.account.Held -= uint64(packets)
			in.number = 0
			in.transport(verdict, uint64(packets))
			return
		}
		// A fragment inside a fragment stands for the packets it came in. It continues as one held packet.
		in.account.Held -= uint64(packets - 1)
		in.account.Delivered += uint64(packets - 1)
	}
}

// expireFragments books the fragments whose datagram was given up.
func (in *Ingest) expireFragments() { in.loseFragments(in.defrag.Expire(in.now)) }

func (in *Ingest) loseFragments(fragments int) {
	in.account.Held -= uint64(fragments)
	in.account.Dropped[DroppedFragment] += uint64(fragments)
}

// transport finds and books the fate of packets that carry one transport datagram or segment.
func (in *Ingest) transport(v packet.Verdict, packets uint64) {
	in.outcome, in.carried = outcome{}, packets
	in.countTunnel(packets)
	if in.trail != nil {
		in.trail.span = span{}
	}
	var why Ignored
	switch v {
	case packet.VerdictUDP:
		why = in.datagram(in.pkt.Payload)
	case packet.VerdictTCP:
		why = in.segment()
	case packet.VerdictSCTP:
		why = associationHandler{in}.packet()
	default:
		if in.pkt.Quoted != nil {
			in.icmpError()
		}
		why = Ignored(in.pkt.Reason)
	}
	in.book(why, packets)
}

// book counts packets by their fate: why they were ignored, taken or refused, and then by what became of their messages.
func (in *Ingest) book(why Ignored, packets uint64) {
	in.carried = 0
	switch {
	case why < taken:
		in.ignore(why, packets)
		return
	case why == refused:
		in.account.Dropped[DroppedTCPRefused] += packets
		return
	case why == refusedSCTP:
		in.account.Dropped[DroppedSCTPRefused] += packets
		return
	case why == leftOut:
		in.account.Dropped[DroppedCopy] += packets
		return
	}
	switch o := in.outcome; {
	case o.lost:
		in.account.Dropped[DroppedQueue] += packets
	case o.copied && !o.sent:
		in.account.Ignored[IgnoredDuplicate] += packets
	case o.why != 0 && !o.sent:
		in.ignore(o.why, packets)
	default:
		in.account.Delivered += packets
	}
}

// ignore counts packets that are ignored.
func (in *Ingest) ignore(why Ignored, packets uint64) {
	in.account.Ignored[why] += packets
	if why == IgnoredTLS && in.outcome.server != nil {
		in.outcome.server.packets.Add(packets)
	}
}

// segment gives the TCP segment in hand to its stream and returns why it was ignored, taken or refused.
func (in *Ingest) segment() Ignored {
	in.watchSYN()
	if in.trail != nil {
		in.trail.segment(&in.pkt, in.at)
	}
	switch in.streams.Add(in.at, &in.pkt) {
	case reassembly.Control:
		return IgnoredTCPControl
	case reassembly.Duplicate:
		if in.copiedSegment() {
			return IgnoredDuplicate
		}
		return IgnoredTCPDuplicate
	case reassembly.Ignored:
		if isHEP(in.streams.Flow()) {
			return IgnoredHEP
		}
		if s := tlsOf(in.streams.Flow()); s != nil && !s.conn.foreign && !s.conn.conn.Info().Decrypted {
			s.conn.unread()
			return IgnoredTLS
		}
		return IgnoredNotSIP
	case reassembly.Refused:
		return refused
	}
	in.copiedSegment() // notes it
	return taken
}

// message delivers the message that in.meta describes.
func (in *Ingest) message(raw, callID []byte) {
	in.meta.Origin = in.origins.of(&in.pkt, &in.meta)
	if in.untimed {
		in.meta.Flags |= record.NoTimes
	}
	in.hand(raw, callID)
}

// hand hands over a message.
func (in *Ingest) hand(raw, callID []byte) {
	if !in.handler.Message(&in.meta, raw, callID) {
		in.outcome.lost = true
		return
	}
	in.request.remember(raw)
	in.outcome.sent = true
}

// TakePackets returns how many packets are lost with the message in hand if the handler leaves it out later: those that carry it, where it is the
// first message of them, and 0 where they count as something else anyway. It may be called once within Handler.Message.
func (in *Ingest) TakePackets() (packets uint64) {
	packets, in.carried = in.carried, 0
	return packets
}

// Carriers returns the frames that carried the message in hand, in the order of the capture. It may be called within
// Handler.Message where Options.Follow is set; from then on Follow gets the frames that carry the message again. Frames from too long
// ago are missing.
func (in *Ingest) Carriers(callID string) []Carrier { return in.trail.carriers(callID) }

// Connection returns the ends of the TCP connection that carried the message in hand, which in HEP are not those of the message; they are
// not valid where there was none. It may be called where Carriers may.
func (in *Ingest) Connection() (src, dst netip.AddrPort) {
	if f := in.trail.span.flow; f != nil {
		return f.Src, f.Dst
	}
	return src, dst
}

// Correlation returns what the agent that handed on the message in hand names as common to all messages of the conversation, nil where
// it names nothing. It may be called within Handler.Message, and is borrowed until that returns.
func (in *Ingest) Correlation() []byte { return in.hep.common }

// Expire gives up the fragments and connections that have waited for too long at packet time now. It is to be called about
// once a second.
func (in *Ingest) Expire(now int64) {
	in.now = now
	in.expireFragments()
	in.tls.retry(now)
	in.streams.Expire(now)
	in.sctp.Expire(now)
}

// Close offers the rest of every stream and gives up what is held: the source has ended.
func (in *Ingest) Close(now int64) {
	in.streams.Close(now)
	in.sctp.Close(now)
	in.tls.close()
	in.loseFragments(in.defrag.Close())
}

// Snapshot is what an Ingest has counted.
type Snapshot struct {
	Account   Account
	Fragments reassembly.DefragStats
	TCP       reassembly.StreamsStats
	WebSocket websocket.Stats
	WebSIP    uint64 // WebSocket connections in which SIP was found
	SCTP      sctp.Stats
}

// Snapshot returns the counters up to now.
func (in *Ingest) Snapshot() Snapshot {
	return Snapshot{Account: in.account, Fragments: in.defrag.Stats(), TCP: in.streams.Stats(), WebSocket: in.web.Stats(), WebSIP: in.webSIP, SCTP: in.sctp.Stats()}
}
