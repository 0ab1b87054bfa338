package ladder

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"net/netip"
	"strconv"
	"strings"

	"sipspan/decode/sip"
	"sipspan/view/plain"
)

// sight is one message where it was seen, with what the ladder wants to know of it. It holds no bytes of the message.
type sight struct {
	*Message
	leg     int
	request bool
	method  string // of a response that of its CSeq
	status  int
	reason  string
	cseq    uint32
	vias    []via // from the top
	fromTag string
	toTag   string
	single  bool           // the request was sent by the one who made it: it has one Via
	agent   string         // User-Agent, or Server of a response, of the sender
	maker   string         // the same of who made the message, whoever sent it
	contact netip.AddrPort // when Contact has an address
	notes   []Note         // of header fields
	early   bool           // a provisional response that is sent reliably (RFC 3262)
	sdp     []MediaLine
	silent  bool // the session description wants the other side to be silent
	same    identity
}

// via is one Via of a message.
type via struct {
	key  string // names the transaction
	host string // sent-by when that is a name
	addr netip.AddrPort
}

// identity is what a message has in common with its retransmissions, and with nothing else that was sent.
type identity struct {
	src, dst netip.AddrPort
	callID   string
	start    string
	branch   string
	rest     uint64 // of the header fields and the body that tell messages with equal branches apart
}

// maxVias is how many Vias of a message are looked at.
const maxVias = 70

var seed = maphash.MakeSeed()

// see reads a message; ok is false when it is none.
func (b *builder) see(m *Message) (s *sight, ok bool) {
	p := &b.sip
	if p.Parse(m.Raw) != nil {
		return nil, false
	}
	s = &sight{
		Message: m, request: p.Request, status: p.Status, method: plain.Clean(p.MethodName(), maxLabel),
		reason: plain.Clean(p.ReasonPhrase(), maxLabel), fromTag: string(p.FromTag()), toTag: string(p.ToTag()),
	}
	s.cseq, _, _ = p.CSeq()
	s.readVias(p)
	s.single = s.request && len(s.vias) == 1
	s.readAgent(p)
	if c, ok := p.Contact(); ok {
		s.contact = addressOf(c.URI, m.Transport)
	}
	s.early = p.Header(sip.HeaderRSeq) != nil
	s.notes = notesOf(p, b.in.ShowText)
	s.readMedia(p)
	s.same = identity{
		src: m.Src, dst: m.Dst, callID: m.CallID, start: fmt.Sprint(s.request, s.method, s.status, s.reason, s.cseq),
		branch: strings.Join([]string{s.branch(), s.toTag, string(p.Header(sip.HeaderRSeq))}, "\n"), rest: maphash.Bytes(seed, p.Body()),
	}
	return s, true
}

// branch returns the key of the topmost Via.
func (s *sight) branch() string {
	if len(s.vias) == 0 {
		return ""
	}
	return s.vias[0].key
}

func (s *sight) readVias(p *sip.Message) {
	number := strconv.FormatUint(uint64(s.cseq), 10)
	for i := p.First(sip.HeaderVia); i >= 0; i = p.Next(i) {
		for list := p.Value(i); len(list) > 0 && len(s.vias) < maxVias; {
			var v sip.Via
			if v, list = sip.NextVia(list); len(v.Host) == 0 {
				continue
			}
			s.vias = append(s.vias, readVia(v, number, s.method))
		}
	}
}

// readVia names the transaction of a Via. Where the branch does not name it (RFC 2543), the CSeq does.
func readVia(v sip.Via, number, method string) via {
	host := strings.ToLower(string(v.Host))
	key := fmt.Sprintf("%s\n%s:%d\n%s", v.Branch, host, v.Port, number)
	if !v.HasCookie() {
		if method == "ACK" || method == "CANCEL" {
			method = "INVITE"
		}
		key += "\n" + method
	}
	out := via{key: key}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	if err != nil {
		out.host = plain.Clean(host, maxName)
		return out
	}
	out.addr = netip.AddrPortFrom(addr.Unmap(), portOr(v.Port, string(v.Transport)))
	return out
}

// portOr returns the port, or the default one of a transport for 0.
func portOr(port int, transport string) uint16 {
	switch {
	case port > 0 && port < 1<<16:
		return uint16(port)
	case strings.EqualFold(transport, "TLS"):
		return 5061
	}
	return 5060
}

// addressOf returns the address of a SIP URI, invalid when it has a name.
func addressOf(b []byte, transport string) netip.AddrPort {
	u, ok := sip.ParseURI(b)
	if !ok || !u.IsSIP() {
		return netip.AddrPort{}
	}
	addr, err := netip.ParseAddr(string(bytes.Trim(u.Host, "[]")))
	if err != nil {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(addr.Unmap(), portOr(u.Port, transport))
}

// readAgent takes the name of the program that made the message, when it is known that the sender did: others pass on what they got. A request
// with one Via, and 100, which is never passed on (RFC 3261 section 16.7), are the sender's own; so is what names its address as Contact.
func (s *sight) readAgent(p *sip.Message) {
	agent := p.Header(sip.HeaderUserAgent)
	own := s.single
	if !s.request {
		if server := p.Header(sip.HeaderServer); len(server) > 0 {
			agent = server
		}
		c, _ := p.Contact()
		own = s.status == 100 || s.Src.IsValid() && addressOf(c.URI, s.Transport).Addr() == s.Src.Addr().Unmap()
	}
	s.maker = plain.Clean(agent, maxName)
	if own {
		s.agent = s.maker
	}
}
