package sipgen

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"sipspan/capture/pcapwrite"
)

// Flood is traffic of one kind without end, of which nothing may grow without end: each round is like the one before.
type Flood struct {
	Name string

	round func(f *flooding, i int)
}

// Round returns the packets of round i, from 0: IP packets without a link layer. Rounds begin every millisecond.
func (fl Flood) Round(i int) []pcapwrite.Packet {
	f := &flooding{now: floodBegin + int64(i)*int64(time.Millisecond)}
	fl.round(f, i)
	return f.packets
}

// Floods returns the floods that tables are tested with.
func Floods() []Flood {
	long := strings.Repeat("p", 200)
	description := "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"
	high := pcapwrite.Fragments(pcapwrite.Build([]byte(strings.Repeat(long, 300)), pcapwrite.IP(flooder.Addr(), flooded.Addr(), 1), pcapwrite.UDP{Src: 5060, Dst: 5060}), 1400, 1)[40]
	return []Flood{
		{"calls that nobody answers", func(f *flooding, i int) {
			f.up(fmt.Sprint("c", i), "INVITE", 1, "bob", "", "", "")
		}},
		{"calls that are refused", func(f *flooding, i int) {
			f.refused(fmt.Sprint("c", i), 1, "bob")
		}},
		{"one call that is tried again and again", func(f *flooding, i int) {
			f.refused("one", i+1, long+fmt.Sprint(i))
		}},
		{"calls that ring at many places", func(f *flooding, i int) {
			id := fmt.Sprint("c", i)
			f.up(id, "INVITE", 1, "bob", "", "", "")
			for k := range 20 {
				f.down(id, 180, "INVITE", 1, fmt.Sprint(long, k), "Contact: <sip:"+long+"@h>\r\n", "")
			}
		}},
		{"calls with long session descriptions", func(f *flooding, i int) {
			f.answered(fmt.Sprint("c", i), "Content-Type: application/sdp\r\n", description+strings.Repeat("a=x-long:"+long+"\r\n", 40))
		}},
		{"calls of one user on hold", func(f *flooding, i int) {
			id, sdp := fmt.Sprint("c", i), "Content-Type: application/sdp\r\n"
			f.answered(id, sdp, description)
			f.up(id, "INVITE", 2, "bob", "t", sdp, description+"a=sendonly\r\n")
			f.down(id, 200, "INVITE", 2, "t", sdp, description+"a=recvonly\r\n")
			f.up(id, "ACK", 2, "bob", "t", "", "")
		}},
		{"calls to one conference", func(f *flooding, i int) {
			f.answered(fmt.Sprint("c", i), "Contact: <sip:conference@192.0.2.2>;isfocus\r\n", "")
		}},
		{"challenges with one nonce", func(f *flooding, i int) {
			id := fmt.Sprint("c", i)
			f.up(id, "INVITE", 1, "bob", "", "", "")
			f.down(id, 407, "INVITE", 1, "t", "Proxy-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n", "")
			f.up(id, "ACK", 1, "bob", "t", "", "")
		}},
		{"requests to call one user", func(f *flooding, i int) {
			id := fmt.Sprint("r", i)
			f.up(id, "REFER", 1, "bob", "", "Refer-To: <sip:carol@example.com>\r\n", "")
			f.down(id, 202, "REFER", 1, "t", "", "")
			f.up(fmt.Sprint("c", i), "INVITE", 1, "carol", "", "", "")
		}},
		{"registrations", func(f *flooding, i int) {
			id, contact := fmt.Sprint("r", i), fmt.Sprintf("Contact: <sip:u%d@192.0.2.1>;expires=3600\r\n", i)
			f.up(id, "REGISTER", 1, fmt.Sprint("u", i), "", contact, "")
			f.down(id, 200, "REGISTER", 1, "t", contact, "")
		}},
		{"subscriptions", func(f *flooding, i int) {
			id, event := fmt.Sprint("s", i), "Event: presence\r\nExpires: 3600\r\n"
			f.up(id, "SUBSCRIBE", 1, fmt.Sprint("u", i), "", event, "")
			f.down(id, 200, "SUBSCRIBE", 1, "t", event, "")
		}},
		{"one subscription that is notified for ever", func(f *flooding, i int) {
			f.up("one", "NOTIFY", i+1, "bob", "t", "Event: presence\r\nSubscription-State: "+long[:1+i%150]+"\r\n", "")
		}},
		{"half messages over TCP", func(f *flooding, i int) {
			client := netip.AddrPortFrom(netip.AddrFrom4([4]byte{198, 51, byte(i >> 8), byte(i)}), 5060)
			c := pcapwrite.NewConn(client, flooded, 1, 1)
			half := fmt.Sprintf("INVITE sip:bob@example.com SIP/2.0\r\nCall-ID: c%d\r\nX-Pad: %s", i, strings.Repeat(long, 40))
			for _, s := range append(c.Open(), c.Send(client, []byte(half), 1400, 1400, 1400, 1400, 1400)...) {
				f.add(pcapwrite.Build(s.Payload, pcapwrite.IP(s.From.Addr(), s.To.Addr(), uint16(i)), s.Header))
			}
		}},
		{"fragments at high offsets", func(f *flooding, i int) {
			packet := slices.Clone(high)
			binary.BigEndian.PutUint16(packet[4:], uint16(i)) // the number of the datagram; nobody looks at the checksum of the header
			f.add(packet)
		}},
		{"first fragments", func(f *flooding, i int) {
			whole := pcapwrite.Build([]byte(strings.Repeat(long, 10)), pcapwrite.IP(flooder.Addr(), flooded.Addr(), uint16(i)), pcapwrite.UDP{Src: 5060, Dst: 5060})
			f.add(pcapwrite.Fragments(whole, 1400, uint32(i))[0])
		}},
	}
}

var (
	flooder = netip.MustParseAddrPort("192.0.2.1:5060")
	flooded = netip.MustParseAddrPort("192.0.2.2:5060")
)

// floodBegin is the time of the first round.
const floodBegin = 1_767_225_600_000_000_000

// flooding collects the packets of one round.
type flooding struct {
	now     int64
	packets []pcapwrite.Packet
}

func (f *flooding) add(packet []byte) {
	f.packets = append(f.packets, pcapwrite.Packet{Time: f.now, Data: packet})
	f.now += int64(10 * time.Microsecond)
}

func (f *flooding) send(from, to netip.AddrPort, message string) {
	f.add(pcapwrite.Build([]byte(message), pcapwrite.IP(from.Addr(), to.Addr(), uint16(f.now/1000)), pcapwrite.UDP{Src: from.Port(), Dst: to.Port()}))
}

// up sends a request; tag is the To tag of one inside a dialog.
func (f *flooding) up(id, method string, cseq int, user, tag, fields, body string) {
	f.send(flooder, flooded, fmt.Sprintf("%s sip:%s@example.com SIP/2.0\r\n%s%s", method, user, floodHead(id, method, cseq, tag), floodTail(fields, body)))
}

// down sends a response.
func (f *flooding) down(id string, status int, method string, cseq int, tag, fields, body string) {
	f.send(flooded, flooder, fmt.Sprintf("SIP/2.0 %d Phrase\r\n%s%s", status, floodHead(id, method, cseq, tag), floodTail(fields, body)))
}

func floodHead(id, method string, cseq int, tag string) string {
	if tag != "" {
		tag = ";tag=" + tag
	}
	sent := method
	if method == "ACK" {
		sent = "INVITE"
	}
	return fmt.Sprintf("Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK%s%s%d\r\nFrom: <sip:alice@example.com>;tag=f\r\nTo: <sip:bob@example.com>%s\r\n"+
		"Call-ID: %s\r\nCSeq: %d %s\r\n", id, sent, cseq, tag, id, cseq, method)
}

func floodTail(fields, body string) string {
	return fmt.Sprintf("%sContent-Length: %d\r\n\r\n%s", fields, len(body), body)
}

// refused is a call to a user that is busy.
func (f *flooding) refused(id string, cseq int, user string) {
	tag := fmt.Sprint("t", cseq)
	f.up(id, "INVITE", cseq, user, "", "", "")
	f.down(id, 486, "INVITE", cseq, tag, "", "")
	f.up(id, "ACK", cseq, user, tag, "", "")
}

// answered is a call that goes on.
func (f *flooding) answered(id, fields, body string) {
	f.up(id, "INVITE", 1, "bob", "", fields, body)
	f.down(id, 200, "INVITE", 1, "t", fields, body)
	f.up(id, "ACK", 1, "bob", "t", "", "")
}
