package session

import (
	"bytes"
	"strconv"

	"github.com/cespare/xxhash/v2"

	"sipspan/session/link"
)

// readOffer keeps what two legs of a call have in common when an element between them passes the session description
// on: the o= line (RFC 8866 section 5.2: globally unique), and where the first media are wanted. Zero is unknown.
func (l *linkState) readOffer(description []byte) {
	l.origin, l.media = 0, 0
	var address, port []byte
	for rest := description; len(rest) > 0 && (address == nil || port == nil); {
		line := rest
		if lf := bytes.IndexByte(rest, '\n'); lf >= 0 {
			line, rest = rest[:lf], rest[lf+1:]
		} else {
			rest = nil
		}
		if len(line) < 3 || line[1] != '=' {
			continue
		}
		switch line[0] {
		case 'o':
			l.origin = xxhash.Sum64(bytes.TrimSpace(line[2:]))
		case 'c':
			if address == nil {
				address = bytes.TrimSpace(line[2:])
			}
		case 'm':
			if port == nil {
				port = mediaPort(line[2:])
			}
		}
	}
	if address == nil || port == nil {
		return
	}
	if i := bytes.LastIndexByte(address, ' '); i >= 0 { // nettype SP addrtype SP address
		address = address[i+1:]
	}
	if i := bytes.IndexByte(address, '/'); i >= 0 {
		address = address[:i]
	}
	l.media = hashMedia(address, port)
}

// mediaPort returns the port of a media line: media SP port ["/" count] SP proto …
func mediaPort(value []byte) []byte {
	_, rest, _ := bytes.Cut(bytes.TrimSpace(value), []byte(" "))
	for i, b := range rest {
		if b < '0' || b > '9' {
			return rest[:i]
		}
	}
	return rest
}

// hashMedia returns a hash of where media are wanted, 0 where that is nowhere.
func hashMedia(address, port []byte) uint64 {
	if string(address) == "0.0.0.0" || string(address) == "::" || string(port) == "0" {
		return 0
	}
	return link.Mix(0, xxhash.Sum64(address), xxhash.Sum64(port))
}

// mediaHash returns the same of the session description that was parsed last.
func (t *Tracker) mediaHash() uint64 {
	if len(t.sdp.Media) == 0 {
		return 0
	}
	var port [8]byte
	m := &t.sdp.Media[0]
	return hashMedia(m.Addr, strconv.AppendInt(port[:0], int64(m.Port), 10))
}
