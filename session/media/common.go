package media

import (
	"bytes"
	"strconv"

	"github.com/cespare/xxhash/v2"

	"sipspan/session/link"
)

// Common returns what two legs of a call have in common when an element between them passes the session description on:
// a hash of its o= line, which is globally unique (RFC 8866 section 5.2), and of where its first media are wanted. Zero is
// unknown.
func Common(description []byte) (origin, target uint64) {
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
			origin = xxhash.Sum64(bytes.TrimSpace(line[2:]))
		case 'c':
			if address == nil {
				address = bytes.TrimSpace(line[2:])
			}
		case 'm':
			if port == nil {
				port = portOf(line[2:])
			}
		}
	}
	if address == nil || port == nil {
		return origin, 0
	}
	if i := bytes.LastIndexByte(address, ' '); i >= 0 { // nettype SP addrtype SP address
		address = address[i+1:]
	}
	if i := bytes.IndexByte(address, '/'); i >= 0 {
		address = address[:i]
	}
	return origin, hash(address, port)
}

// portOf returns the port of a media line: media SP port ["/" count] SP proto …
func portOf(value []byte) []byte {
	_, rest, _ := bytes.Cut(bytes.TrimSpace(value), []byte(" "))
	for i, b := range rest {
		if b < '0' || b > '9' {
			return rest[:i]
		}
	}
	return rest
}

// hash returns a hash of where media are wanted, 0 where that is nowhere.
func hash(address, port []byte) uint64 {
	if string(address) == "0.0.0.0" || string(address) == "::" || string(port) == "0" {
		return 0
	}
	return link.Mix(0, xxhash.Sum64(address), xxhash.Sum64(port))
}

// Target returns the same hash of where the first media are wanted, of the description whose Stance was read last.
func (r *Reader) Target() uint64 {
	if len(r.session.Media) == 0 {
		return 0
	}
	var port [8]byte
	m := &r.session.Media[0]
	return hash(m.Addr, strconv.AppendInt(port[:0], int64(m.Port), 10))
}
