package ingest

import "sipspan/internal/packet"

// Ignored is why a packet was ignored. The first values are those of packet.Reason.
type Ignored uint8

// Reasons that are known only after the header walk.
const (
	IgnoredRTP                 = Ignored(packet.Reasons) + iota // RTP or RTCP by its first byte
	IgnoredSTUN                                                 // STUN, TURN or ICE check
	IgnoredNotSIP                                               // any other datagram or stream that does not read as SIP
	IgnoredKeepAlive                                            // CRLF and the like between peers
	IgnoredMalformedSIP                                         // meant as SIP, start line broken
	IgnoredEmpty                                                // no transport payload
	IgnoredTCPControl                                           // a segment without payload
	IgnoredTCPDuplicate                                         // payload that had been seen before
	IgnoredDuplicate                                            // an IP packet that had been captured before
	IgnoredWebSocketCompressed                                  // a compressed message that refers to what was not captured
	IgnoredSCTPControl                                          // an SCTP packet without user data
	IgnoredSCTPDuplicate                                        // SCTP user data that had been seen before
	IgnoredTLS                                                  // TLS that cannot be decrypted
	IgnoredHEP                                                  // HEP that is not read
	IgnoredHEPInvalid                                           // no HEP, or broken, where HEP is expected
	IgnoredHEPKey                                               // HEP with another key than the one demanded
	IgnoredHEPEmpty                                             // HEP without a payload: a keep-alive
	IgnoredHEPRTCP                                              // HEP with reports of RTCP
	IgnoredHEPQuality                                           // HEP with reports of quality
	IgnoredHEPLog                                               // HEP with lines of a log
	IgnoredHEPOther                                             // HEP with any other protocol than SIP
	taken                                                       // not ignored: delivered, or dropped on the way
	refused                                                     // not ignored: DroppedTCPRefused
	refusedSCTP                                                 // not ignored: DroppedSCTPRefused
	leftOut                                                     // not ignored: DroppedCopy
	NumIgnored                 = int(taken)
)

var ignoredNames = [...]string{"rtp", "stun", "not_sip", "keep_alive", "malformed_sip", "empty", "tcp_control", "tcp_duplicate", "duplicate",
	"websocket_compressed", "sctp_control", "sctp_duplicate", "tls_without_keys",
	"hep", "hep_invalid", "hep_wrong_key", "hep_empty", "hep_rtcp", "hep_quality", "hep_log", "hep_other"}

// String returns the label value, such as "not_ip".
func (i Ignored) String() string {
	if int(i) < packet.Reasons {
		return packet.Reason(i).String()
	}
	return ignoredNames[int(i)-packet.Reasons]
}

// Dropped is where and why a packet was lost that might have held SIP.
type Dropped uint8

// The stages and reasons at which a packet can be lost.
const (
	DroppedFragment    Dropped = iota // the rest of its IP datagram never came
	DroppedTCPRefused                 // no room to hold the segment or its connection
	DroppedQueue                      // live capture: the worker was behind and no batch was free
	DroppedSCTPRefused                // no room to hold the fragment of a message, or it was not captured whole
	DroppedCopy                       // under load: an IP packet that was captured before, where those are to be counted
	DroppedNoSession                  // under load: a message that begins no session
	DroppedNewSession                 // under load: of a new session that is no call
	DroppedNewCall                    // under load: of a new call
	NumDropped         = int(iota)
)

var droppedNames = [NumDropped][2]string{
	{"reassembly", "fragment_lost"}, {"reassembly", "tcp_limit"}, {"queue", "batch_full"}, {"reassembly", "sctp_limit"},
	{"shed", "copy"}, {"shed", "no_session"}, {"shed", "new_session"}, {"shed", "new_call"},
}

// Stage returns the stage's label value, such as "reassembly".
func (d Dropped) Stage() string { return droppedNames[d][0] }

// Reason returns the reason's label value, such as "fragment_lost".
func (d Dropped) Reason() string { return droppedNames[d][1] }

// Account counts what became of every packet. It closes:
//
//	Packets = Delivered + Σ Ignored + Σ Dropped + Held
//
// where Held are fragments that still wait for the rest of their datagram; it is 0 after the source has ended.
type Account struct {
	Packets   uint64
	Bytes     uint64 // on the wire
	Delivered uint64 // in a message, or in a stream in which messages are looked for
	Held      uint64
	Untimed   uint64 // packets of which the capture does not hold the time; each is counted in one of the others as well
	Skipped   uint64 // bytes of TCP streams with SIP that belong to no message, or to a body that is too large for one
	Ignored   [NumIgnored]uint64
	Dropped   [NumDropped]uint64
	Tunnels   [packet.Tunnels]uint64 // packets by the outermost tunnel around them; each is counted in one of the others as well
}

// Add adds another account.
func (a *Account) Add(b *Account) {
	a.Packets += b.Packets
	a.Bytes += b.Bytes
	a.Delivered += b.Delivered
	a.Held += b.Held
	a.Untimed += b.Untimed
	a.Skipped += b.Skipped
	for i := range a.Ignored {
		a.Ignored[i] += b.Ignored[i]
	}
	for i := range a.Dropped {
		a.Dropped[i] += b.Dropped[i]
	}
	for i := range a.Tunnels {
		a.Tunnels[i] += b.Tunnels[i]
	}
}

// Missing returns the number of packets whose fate is unknown. Anything but 0 is a fault of the program.
func (a *Account) Missing() int64 {
	sum := a.Delivered + a.Held
	for _, n := range a.Ignored {
		sum += n
	}
	for _, n := range a.Dropped {
		sum += n
	}
	return int64(a.Packets - sum)
}
