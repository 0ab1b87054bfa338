package tls

// Alert is the description of an alert: why a handshake was broken off.
type Alert uint8

// The alerts that are told apart by what is to be done about them.
const (
	CloseNotify            Alert = 0
	HandshakeFailure       Alert = 40
	BadCertificate         Alert = 42
	UnsupportedCertificate Alert = 43
	CertificateRevoked     Alert = 44
	CertificateExpired     Alert = 45
	CertificateUnknown     Alert = 46
	UnknownCA              Alert = 48
	ProtocolVersion        Alert = 70
	InsufficientSecurity   Alert = 71
	InappropriateFallback  Alert = 86
	UnrecognizedName       Alert = 112
	CertificateRequired    Alert = 116
	NoApplicationProtocol  Alert = 120
)

// names are those of the TLS Alerts registry of IANA, with spaces.
var names = [...]string{
	CloseNotify: "close notify", 10: "unexpected message", 20: "bad record MAC", 21: "decryption failed", 22: "record overflow",
	30: "decompression failure", HandshakeFailure: "handshake failure", 41: "no certificate", BadCertificate: "bad certificate",
	UnsupportedCertificate: "unsupported certificate", CertificateRevoked: "certificate revoked",
	CertificateExpired: "certificate expired", CertificateUnknown: "certificate unknown", 47: "illegal parameter",
	UnknownCA: "unknown CA", 49: "access denied", 50: "decode error", 51: "decrypt error", 52: "too many CIDs requested",
	60: "export restriction", ProtocolVersion: "protocol version", InsufficientSecurity: "insufficient security", 80: "internal error",
	InappropriateFallback: "inappropriate fallback", 90: "user canceled", 100: "no renegotiation", 109: "missing extension",
	110: "unsupported extension", 111: "certificate unobtainable", UnrecognizedName: "unrecognized name",
	113: "bad certificate status response", 114: "bad certificate hash value", 115: "unknown PSK identity",
	CertificateRequired: "certificate required", 117: "general error", NoApplicationProtocol: "no application protocol",
	121: "ECH required",
}

// String returns the registered name with spaces, such as "certificate expired", from a closed set.
func (a Alert) String() string {
	if int(a) < len(names) && names[a] != "" {
		return names[a]
	}
	return "unknown alert"
}
