package msdiag

import "sipspan/decode/sip"

// Trust is an ms-edge-proxy-message-trust value: what the edge server says of where a message came from. The slices are
// borrowed from the value.
type Trust struct {
	SourceType    []byte // "EdgeProxyGenerated", "DirectPartner", "AuthorizedServer" …
	EdgeFQDN      []byte // name of the edge server
	VerifiedUser  []byte // "verified", "unverified"
	SourceNetwork []byte // "federation", "publiccloud", "everyone" …
}

// ParseTrust reads an ms-edge-proxy-message-trust value; what is not in it stays nil.
func ParseTrust(value []byte) (t Trust) {
	for len(value) > 0 {
		var name, v []byte
		name, v, value = sip.NextParam(value)
		v = unquote(v)
		switch {
		case is(name, "ms-source-type"):
			t.SourceType = v
		case is(name, "ms-ep-fqdn"):
			t.EdgeFQDN = v
		case is(name, "ms-source-verified-user"):
			t.VerifiedUser = v
		case is(name, "ms-source-network"):
			t.SourceNetwork = v
		}
	}
	return t
}

// GeneratedByEdge reports whether the edge server made the message itself and did not merely pass it on.
func (t Trust) GeneratedByEdge() bool { return is(t.SourceType, "edgeproxygenerated") }
