package session

import (
	"bytes"

	"github.com/cespare/xxhash/v2"
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
				port = bytes.TrimSpace(line[2:])
				if i := bytes.IndexByte(port, '/'); i >= 0 { // media SP port SP RTP/AVP …
					port = port[:i]
				}
			}
		}
	}
	if address != nil && port != nil {
		l.media = mix(0, xxhash.Sum64(address), xxhash.Sum64(port))
	}
}
