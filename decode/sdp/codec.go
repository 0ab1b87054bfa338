package sdp

import "bytes"

// Codec is one format of a media line.
type Codec struct {
	PayloadType int    // -1 when the format is not a number
	Name        []byte // of the rtpmap, else of RFC 3551's static table, else the format itself unless that is a number
	Clock       int    // Hz, 0 when not told
	Parameters  []byte // fmtp, nil when there is none
}

// Codecs walks the formats of a media line in their order. Make it with Media.Codecs.
type Codecs struct {
	formats, attributes []byte
	rtp                 bool
}

// Codecs returns an iterator over the formats of m:
//
//	codecs := m.Codecs()
//	for c, ok := codecs.Next(); ok; c, ok = codecs.Next() {
//	}
func (m *Media) Codecs() Codecs {
	return Codecs{formats: m.Formats, attributes: m.Attributes, rtp: bytes.Contains(m.Protocol, []byte("RTP/"))}
}

// Next returns the next codec; ok is false behind the last.
func (c *Codecs) Next() (codec Codec, ok bool) {
	codec, format, ok := c.next()
	if ok {
		codec.Parameters = c.mapped("fmtp", format)
	}
	return codec, ok
}

// next returns the next codec without its parameters, and the format that stands for it.
func (c *Codecs) next() (codec Codec, format []byte, ok bool) {
	format, c.formats = cutWord(c.formats)
	if len(format) == 0 {
		return Codec{PayloadType: -1}, nil, false
	}
	n, isNumber := decimal(format)
	if !isNumber || n > 127 {
		return Codec{PayloadType: -1, Name: format}, format, true
	}
	codec.PayloadType = n
	if v := c.mapped("rtpmap", format); v != nil {
		codec.Name, codec.Clock = parseEncoding(v)
	} else if c.rtp && static[n].name != "" {
		codec.Name, codec.Clock = staticNames[n], static[n].clock
	}
	return codec, format, true
}

// mapped returns what stands behind the format in the attribute a=name:format.
func (c *Codecs) mapped(name string, format []byte) []byte {
	for rest := c.attributes; len(rest) > 0; {
		var line []byte
		line, rest = cutLine(rest)
		v, ok := attribute(line, name)
		if !ok {
			continue
		}
		if word, tail := cutWord(v); bytes.Equal(word, format) {
			return tail
		}
	}
	return nil
}

// parseEncoding reads name "/" clock [ "/" channels ].
func parseEncoding(v []byte) (name []byte, clock int) {
	v, _ = cutWord(v)
	name = v
	if slash := bytes.IndexByte(v, '/'); slash >= 0 {
		name = v[:slash]
		v = v[slash+1:]
		if slash = bytes.IndexByte(v, '/'); slash >= 0 {
			v = v[:slash]
		}
		clock, _ = decimal(v)
	}
	return name, clock
}

// Attribute returns the value of the first a= line with that name among those of the media; ok tells an attribute
// without a value (nil, true) from none.
func (m *Media) Attribute(name string) (value []byte, ok bool) {
	for rest := m.Attributes; len(rest) > 0; {
		var line []byte
		line, rest = cutLine(rest)
		if v, ok := attribute(line, name); ok {
			return v, true
		}
	}
	return nil, false
}

// attribute reads a=name or a=name:value.
func attribute(line []byte, name string) (value []byte, ok bool) {
	if len(line) < 2+len(name) || line[0] != 'a' || line[1] != '=' || string(line[2:2+len(name)]) != name {
		return nil, false
	}
	line = line[2+len(name):]
	if len(line) == 0 {
		return nil, true
	}
	if line[0] != ':' {
		return nil, false
	}
	return trim(line[1:]), true
}
