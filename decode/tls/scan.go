package tls

// The types of records and the one message of a handshake that is looked for (RFC 8446 sections 5.1 and 4).
const (
	changeCipherSpec = 20
	alert            = 21
	handshake        = 22
	applicationData  = 23

	clientHello = 1
)

const (
	headerSize = 5
	maxRecord  = 1<<14 + 2048 // RFC 5246 section 6.2.3
	// An encrypted alert has its two bytes, one of content type and a tag of 16 or of 8 (RFC 8446 section 5.2, RFC 7905,
	// RFC 6655). Every message of a handshake is longer.
	sealedAlert      = 2 + 1 + 16
	sealedAlertShort = 2 + 1 + 8
)

// Sign is what a direction of a connection has shown.
type Sign uint8

// The signs.
const (
	Nothing     Sign = iota // more bytes are needed
	Hello                   // the ClientHello: its sender opens the connection
	Broken                  // a fatal alert, see Scanner.Alert
	BrokenBlind             // an alert that is encrypted: only that it was one shows
	Sealed                  // from here on everything is encrypted: this direction has done its part
	Foreign                 // this is no TLS
)

// Scanner goes over the records of one direction of a connection from its first byte on. The zero value is ready.
type Scanner struct {
	Alert   Alert // the description, once Next returned Broken
	skip    int   // bytes of the record in hand that are still to be passed over
	started bool
	changed bool // ChangeCipherSpec was seen
}

// Next looks at the bytes that follow those taken before, and returns how many of them are done with and what they
// showed. It returns at the first sign. Nothing means that all was looked at; the bytes that were not taken have to be
// offered again with more behind them. data is borrowed.
func (s *Scanner) Next(data []byte) (n int, sign Sign) {
	for {
		k := min(s.skip, len(data)-n)
		n += k
		s.skip -= k
		rest := data[n:]
		if s.skip > 0 || len(rest) == 0 {
			return n, Nothing
		}
		if !frames(rest) {
			return n, Foreign
		}
		if len(rest) < headerSize+1 {
			return n, Nothing
		}
		size := int(rest[3])<<8 | int(rest[4])
		switch kind := rest[0]; {
		case !s.started && kind != handshake && kind != alert:
			return n, Foreign
		case s.changed || kind == applicationData:
			return n, sealed(kind, size)
		case kind == changeCipherSpec:
			s.changed = true
		case kind == alert:
			if len(rest) < headerSize+2 {
				return n, Nothing
			}
			if level := rest[5]; level == fatal || Alert(rest[6]) == CloseNotify {
				s.Alert = Alert(rest[6])
				return n + headerSize + size, Broken
			}
		case !s.started && rest[headerSize] == clientHello:
			s.started = true
			s.skip = size
			return n + headerSize, Hello
		}
		s.started = true
		n += headerSize
		s.skip = size
	}
}

const fatal = 2

// sealed tells by its size what the first encrypted record of a direction is: since TLS 1.3 a client that does not accept
// the certificate says so under encryption, in the place of its Finished.
func sealed(kind byte, size int) Sign {
	if kind == alert || kind == applicationData && (size == sealedAlert || size == sealedAlertShort) {
		return BrokenBlind
	}
	return Sealed
}

// frames reports whether b may be the front of a record.
func frames(b []byte) bool {
	switch {
	case b[0] < changeCipherSpec || b[0] > applicationData:
		return false
	case len(b) > 1 && b[1] != 3: // SSL 3.0 to TLS 1.3
		return false
	case len(b) < headerSize:
		return true
	}
	size := int(b[3])<<8 | int(b[4])
	return 0 < size && size <= maxRecord
}

// Opens reports whether the front of a stream may be that of a TLS connection.
func Opens(b []byte) bool {
	return len(b) > 0 && (b[0] == handshake || b[0] == alert) && frames(b)
}
