package diagnose

import (
	"sipspan/decode/tls"
	"sipspan/session/evidence"
)

var tlsTable = []Diagnosis{
	{"tls_certificate", TLS, "a TLS alert about a certificate: bad, unsupported, revoked, expired or unknown certificate, unknown CA",
		"{method} could not be sent to {to}: {from} did not accept the certificate of {peer} (TLS alert “{alert}”)",
		"check the dates, names and issuer of that certificate, and whether {from} trusts the issuer"},
	{"tls_parameters", TLS, "the TLS alert handshake failure, protocol version, insufficient security, inappropriate fallback or no application protocol",
		"{method} could not be sent to {to}: {from} found no TLS version or cipher suite in common with {peer} (TLS alert “{alert}”)",
		"compare the TLS versions and cipher suites of both; a server that misses a client certificate may say the same"},
	{"tls_name", TLS, "the TLS alert unrecognized name",
		"{method} could not be sent to {to}: {from} has no certificate for the name that {peer} asked for (TLS alert “{alert}”)",
		"compare the name of the next hop at {peer} with the certificates of {from}"},
	{"tls_client_certificate", TLS, "the TLS alert certificate required",
		"{method} could not be sent to {to}: {from} demands a certificate and {peer} showed none (TLS alert “{alert}”)",
		"install a client certificate at {peer}, or turn mutual TLS off at {from}"},
	{"tls_alert", TLS, "any other TLS alert that ends the handshake",
		"{method} could not be sent to {to}: {from} broke the TLS handshake off (TLS alert “{alert}”)", "look at the log of {from}"},
	{"tls_hidden", TLS, "an encrypted TLS alert in the place of the end of the handshake (TLS 1.3)",
		"{method} could not be sent to {to}: {from} broke the TLS handshake off with an encrypted alert, most often because it did not accept the certificate of {peer}",
		"check the dates, names and issuer of that certificate, and whether {from} trusts the issuer; its log names the alert"},
	{"tls_closed", TLS, "a connection that was closed or reset before its TLS handshake was over",
		"{method} could not be sent to {to}: {from} closed the connection during the TLS handshake",
		"check that {to} expects TLS on that port, and its certificate and log"},
	{"tls_foreign", TLS, "an answer to the ClientHello that is no TLS",
		"{method} could not be sent to {to}: it does not speak TLS on that port", "correct the port or the transport of the next hop at {peer}"},
	{"tls_expected", TLS, "a TLS alert that answers a request in clear",
		"{method} was sent to {to} in clear, where TLS is expected", "set the transport of the next hop to TLS, or correct the port"},
}

// alertID returns the diagnosis of an alert.
func alertID(a tls.Alert) string {
	switch a {
	case tls.BadCertificate, tls.UnsupportedCertificate, tls.CertificateRevoked, tls.CertificateExpired, tls.CertificateUnknown, tls.UnknownCA:
		return "tls_certificate"
	case tls.HandshakeFailure, tls.ProtocolVersion, tls.InsufficientSecurity, tls.InappropriateFallback, tls.NoApplicationProtocol:
		return "tls_parameters"
	case tls.UnrecognizedName:
		return "tls_name"
	case tls.CertificateRequired:
		return "tls_client_certificate"
	}
	return "tls_alert"
}

// peer names the other end of the connection that the event is about.
func peer(e *evidence.NetworkEvent) string {
	opener := e.Src.Addr()
	switch {
	case e.From != opener && opener.IsValid():
		return opener.String()
	case e.Toward.IsValid():
		return e.Toward.Addr().String()
	}
	return "the other side"
}
