package sdp

import "bytes"

// MaxMedia is how many media lines of a session are kept.
const MaxMedia = 16

// Session is a session description. It is meant to be reused; Parse overwrites all of it.
type Session struct {
	Origin     Origin
	Name       []byte    // s=
	Connection []byte    // address of the c= line before the first m=, without a multicast TTL
	Direction  Direction // a= line before the first m=; DirectionUnset when there is none
	Attributes []byte    // the lines before the first m=
	Media      []Media   // in their order, at most MaxMedia

	media [MaxMedia]Media
}

// Origin is the o= line.
type Origin struct {
	User, ID, Version, Addr []byte
}

// Direction is the way media flow, seen from whoever sent the description (RFC 3264 section 5.1).
type Direction uint8

// The directions.
const (
	DirectionUnset Direction = iota // nothing said: sendrecv
	SendRecv
	SendOnly
	RecvOnly
	Inactive
	numDirections = int(iota)
)

var directionNames = [numDirections]string{"", "sendrecv", "sendonly", "recvonly", "inactive"}

// String returns the attribute that says d, "" for DirectionUnset.
func (d Direction) String() string { return directionNames[d] }

// Media is a media line with the attributes that follow it. What only the session says is filled in: Addr and Direction
// are what holds.
type Media struct {
	Type        []byte // "audio", "video", "message", ...
	Addr        []byte // c= of the media, or of the session
	Port        int    // 0: refused, or not to be used
	Protocol    []byte // "RTP/AVP"
	Formats     []byte // the rest of the m= line: payload types or what stands for them
	Codec       []byte // name of the first codec, such as "PCMU"; nil when it is not told
	PayloadType int    // of the first codec, -1 when it is not a number
	Clock       int    // Hz, 0 when not told
	Direction   Direction
	Attributes  []byte // the lines of the media after m=, for Codecs and Attribute

	candidates bool // the address is 0.0.0.0 because ICE negotiates another one
}

// OnHold reports whether the media asks the other side to be silent: sendonly, inactive, or nowhere to send to (RFC 3264
// section 8.4).
func (m *Media) OnHold() bool {
	return m.Direction == SendOnly || m.Direction == Inactive || m.Nowhere()
}

// Nowhere reports whether the media has the address 0.0.0.0 by which RFC 2543 put the other side on hold. ICE has the same
// address, with port 9, until there are candidates (RFC 8839 section 4.3.1, RFC 8840 section 4.1.1); that is no hold.
func (m *Media) Nowhere() bool { return string(m.Addr) == nowhere && !m.candidates }

const nowhere = "0.0.0.0"

// Used reports whether the media is offered, or accepted in an answer: its port is not 0 (RFC 3264 sections 5.1 and 6), or
// it is offered for the address of another one (bundle-only, RFC 8843 section 6).
func (m *Media) Used() bool {
	if m.Port != 0 {
		return true
	}
	_, bundled := m.Attribute("bundle-only")
	return bundled
}

// Parse reads body into s. Lines that make no sense are passed over.
func Parse(body []byte, s *Session) {
	s.Origin, s.Name, s.Connection, s.Direction, s.Attributes = Origin{}, nil, nil, DirectionUnset, body
	n := 0
	var m *Media // the media whose lines these are, nil before the first
	for rest := body; len(rest) > 0; {
		var line []byte
		start := rest
		line, rest = cutLine(rest)
		if len(line) < 2 || line[1] != '=' {
			continue
		}
		value := trim(line[2:])
		switch line[0] | 0x20 {
		case 'o':
			s.Origin = parseOrigin(value)
		case 's':
			s.Name = value
		case 'c':
			if m == nil {
				s.Connection = connection(value)
			} else {
				m.Addr = connection(value)
			}
		case 'a':
			if d := direction(value); d != DirectionUnset {
				if m == nil {
					s.Direction = d
				} else {
					m.Direction = d
				}
			}
		case 'm':
			if m != nil {
				m.Attributes = m.Attributes[:len(m.Attributes)-len(start)]
			} else {
				s.Attributes = body[:len(body)-len(start)]
			}
			if n == MaxMedia {
				m = &Media{} // what follows belongs to nobody
				m.Attributes = rest
				continue
			}
			m = &s.media[n]
			n++
			*m = parseMedia(value)
			m.Attributes = rest
		}
	}
	s.Media = s.media[:n]
	for i := range s.Media {
		s.Media[i].complete(s)
	}
}

// complete fills in what the session or the static payload types say.
func (m *Media) complete(s *Session) {
	if m.Addr == nil {
		m.Addr = s.Connection
	}
	if m.Direction == DirectionUnset {
		m.Direction = s.Direction
	}
	if string(m.Addr) == nowhere {
		m.candidates = negotiates(m.Attributes) || negotiates(s.Attributes) || m.Port == discard && m.Direction == SendRecv
	}
	codecs := m.Codecs()
	if c, _, ok := codecs.next(); ok {
		m.Codec, m.PayloadType, m.Clock = c.Name, c.PayloadType, c.Clock
	}
}

// discard is the port that stands for one that ICE will tell.
const discard = 9

// negotiates reports whether lines have an attribute of ICE (RFC 8839 section 5.4).
func negotiates(lines []byte) bool {
	return bytes.Contains(lines, []byte("a=ice-")) || bytes.Contains(lines, []byte("a=candidate:"))
}

// parseMedia reads media SP port [ "/" count ] SP proto SP formats.
func parseMedia(v []byte) (m Media) {
	m.PayloadType = -1
	m.Type, v = cutWord(v)
	var port []byte
	port, v = cutWord(v)
	m.Protocol, m.Formats = cutWord(v)
	if slash := bytes.IndexByte(port, '/'); slash >= 0 {
		port = port[:slash]
	}
	if n, ok := decimal(port); ok && n <= 65535 {
		m.Port = n
	}
	return m
}

// parseOrigin reads user id version nettype addrtype address.
func parseOrigin(v []byte) (o Origin) {
	o.User, v = cutWord(v)
	o.ID, v = cutWord(v)
	o.Version, v = cutWord(v)
	o.Addr = connection(v)
	return o
}

// connection returns the address of nettype addrtype address, without TTL and count.
func connection(v []byte) []byte {
	_, v = cutWord(v)
	_, v = cutWord(v)
	addr, _ := cutWord(v)
	if slash := bytes.IndexByte(addr, '/'); slash >= 0 {
		addr = addr[:slash]
	}
	if len(addr) == 0 {
		return nil
	}
	return addr
}

func direction(attribute []byte) Direction {
	switch string(attribute) {
	case "sendrecv":
		return SendRecv
	case "sendonly":
		return SendOnly
	case "recvonly":
		return RecvOnly
	case "inactive":
		return Inactive
	}
	return DirectionUnset
}
