package tls

// The content types of records (RFC 8446 section 5.1, RFC 6520).
const (
	changeCipherSpec = 20
	alertRecord      = 21
	handshakeRecord  = 22
	applicationData  = 23
	heartbeat        = 24
)

const (
	headerSize = 5
	maxPlain   = 1 << 14
	maxPayload = maxPlain + 2048 // RFC 5246 section 6.2.3
	// MaxRecord is the size of the longest record, with its header. No more bytes of a direction wait for the rest of a record.
	MaxRecord = headerSize + maxPayload
)

// The versions of the protocol, as on the wire.
const (
	VersionTLS10 = 0x0301
	VersionTLS11 = 0x0302
	VersionTLS12 = 0x0303
	VersionTLS13 = 0x0304
)

// VersionName returns the name of a version, such as "TLS 1.3", "" for one that is unknown.
func VersionName(v uint16) string {
	switch v {
	case 0x0300:
		return "SSL 3.0"
	case VersionTLS10:
		return "TLS 1.0"
	case VersionTLS11:
		return "TLS 1.1"
	case VersionTLS12:
		return "TLS 1.2"
	case VersionTLS13:
		return "TLS 1.3"
	}
	return ""
}

// isHeader reports whether b, of at least headerSize bytes, may be the header of a record.
func isHeader(b []byte) bool {
	size := payloadSize(b)
	return changeCipherSpec <= b[0] && b[0] <= heartbeat && b[1] == 3 && b[2] <= 4 && 0 < size && size <= maxPayload
}

// payloadSize returns the length that the header of a record holds.
func payloadSize(header []byte) int { return int(header[3])<<8 | int(header[4]) }

// Begins reports whether b is the beginning of a ClientHello. b must have six bytes to be recognised.
func Begins(b []byte) bool {
	return len(b) > headerSize && b[0] == handshakeRecord && isHeader(b) && b[headerSize] == clientHello
}

// Continues reports whether b, the first bytes that were captured of a direction, are an encrypted record in the middle of a
// connection. b must have five bytes to be recognised.
func Continues(b []byte) bool {
	return len(b) >= headerSize && b[0] == applicationData && b[1] == 3 && b[2] == 3 && isHeader(b)
}
