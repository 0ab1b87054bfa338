package packet

// Reason says why a frame holds nothing to read. The set is closed: its names
// are label values.
type Reason uint8

const (
	ReasonNone           Reason = iota
	ReasonUnknownLink           // a link type that is not walked
	ReasonShortFrame            // the capture ends inside a header
	ReasonNotIP                 // another network protocol, or control frames of a link
	ReasonARP                   // ARP and RARP
	ReasonBadIP                 // an IP header that contradicts itself
	ReasonICMP                  // ICMP and ICMPv6, whatever they quote
	ReasonIGMP                  // IGMP
	ReasonSCTP                  // SCTP with other user data than SIP; Walk does not return it
	ReasonOtherTransport        // any other IP protocol
	ReasonBadTransport          // a UDP or TCP header that contradicts itself
	ReasonTunnelControl         // signalling of a tunnel: GTP-U echo, bare PPTP acknowledgement, L2TP control
	ReasonBadTunnel             // a tunnel header that contradicts itself or a version not walked
	ReasonTunnelTooDeep         // more tunnels in one another than are walked
	ReasonEncryptedESP          // ESP whose content cannot be read
	ReasonEncryptedWiFi         // a wireless data frame with the protected flag
	ReasonWiFiControl           // management and control frames of a wireless network
	ReasonWiFiFragment          // a piece of a wireless frame
	ReasonWiFiDamaged           // a wireless frame that the receiver says has a wrong checksum
	reasons
)

// Reasons is the number of reasons, ReasonNone included: an array of that
// length, indexed by Reason, counts them all.
const Reasons = int(reasons)

var reasonNames = [Reasons]string{
	"none", "unknown_link", "short_frame", "not_ip", "arp", "bad_ip", "icmp", "igmp", "sctp",
	"other_transport", "bad_transport", "tunnel_control", "bad_tunnel", "tunnel_too_deep",
	"encrypted_esp", "encrypted_wifi", "wifi_control", "wifi_fragment", "wifi_damaged",
}

// String returns the reason as it is used in a label.
func (r Reason) String() string {
	if int(r) < len(reasonNames) {
		return reasonNames[r]
	}
	return "unknown"
}
