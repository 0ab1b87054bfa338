package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sipspan/record"
)

// Path is what the packets of a capture carried.
type Path struct {
	Packets    uint64
	Delivered  uint64         // to the SIP decoder
	Transports []record.Count // messages of them, by transport
	Ignored    []record.Count // packets, by reason
	Dropped    []record.Count // packets, by stage and reason
	Tunnels    []record.Count // packets, by the outermost tunnel: these are counted in one of the other lists as well
	Blind      record.Servers // of the packets that are ignored as tls_without_keys
}

// content is one kind of content that packets have.
type content struct {
	label  string
	remedy string // what to do to have it read, "" if there is nothing to read or to do
}

// contents are the reasons for which packets are ignored, in the words of whoever looks after the network. A reason that is not in
// here goes by its own name.
var contents = map[string]content{
	"rtp":                  {label: "RTP"},
	"stun":                 {label: "STUN"},
	"arp":                  {label: "ARP"},
	"icmp":                 {label: "ICMP"},
	"igmp":                 {label: "IGMP"},
	"sctp":                 {label: "SCTP"},
	"not_ip":               {label: "no IP"},
	"not_sip":              {label: "other data"},
	"keep_alive":           {label: "keep-alives"},
	"duplicate":            {label: "captured twice"},
	"empty":                {label: "empty UDP"},
	"tcp_control":          {label: "TCP without payload"},
	"tcp_duplicate":        {label: "TCP sent again"},
	"sctp_control":         {label: "SCTP without user data"},
	"sctp_duplicate":       {label: "SCTP sent again"},
	"websocket_compressed": {label: "compressed WebSocket", remedy: "begin the capture before the connections are opened"},
	"other_transport":      {label: "other IP protocols"},
	"tunnel_control":       {label: "signalling of tunnels"},
	"wifi_control":         {label: "wireless control frames"},
	"wifi_damaged":         {label: "damaged wireless frames"},
	"malformed_sip":        {label: "malformed SIP"},
	withoutKeys:            {label: "TLS without keys", remedy: "give the key log of its servers or, for RSA key exchange, their private keys"},
	"hep":                  {label: "HEP", remedy: "read with --hep"},
	"hep_invalid":          {label: "broken HEP"},
	"hep_wrong_key":        {label: "HEP with a wrong key", remedy: "give the agents the key of hep.auth_key"},
	"hep_empty":            {label: "HEP without payload"},
	"hep_rtcp":             {label: "RTCP reports in HEP"},
	"hep_quality":          {label: "quality reports in HEP"},
	"hep_log":              {label: "log lines in HEP"},
	"hep_other":            {label: "other protocols in HEP"},
	"encrypted_esp":        {label: "encrypted IPsec", remedy: "capture where IPsec ends, or let its ends use NULL encryption"},
	"encrypted_wifi":       {label: "encrypted Wi-Fi", remedy: "capture on the wire behind the access point"},
	"wifi_fragment":        {label: "fragments of wireless frames", remedy: "capture on the wire behind the access point"},
	"tunnel_too_deep":      {label: "too many tunnels in one another", remedy: "raise capture.max_tunnels"},
	"bad_tunnel":           {label: "tunnels that are not understood", remedy: "capture where the tunnel ends"},
	"unknown_link":         {label: "a link type that is not understood", remedy: "capture on another interface"},
	"short_frame":          {label: "packets cut in a header", remedy: "raise the snapshot length of the capture"},
	"bad_ip":               {label: "broken IP"},
	"bad_transport":        {label: "broken UDP or TCP"},
}

// part of the whole below which a share is not named.
const leastShare = 0.0005

// shares is how many shares are named at most.
const shares = 6

// String returns one line with the shares of what the packets carried, the largest first, and what of that came in tunnels:
// "94 % RTP · 3.1 % SIP over UDP · 2.2 % encrypted IPsec; 12 % in VXLAN". It is "" without packets.
func (p *Path) String() string {
	if p.Packets == 0 {
		return ""
	}
	list := append(slices.Clone(p.Ignored), record.Count{Name: "", Value: p.Delivered})
	lost := uint64(0)
	for _, c := range p.Dropped {
		lost += c.Value
	}
	if lost > 0 {
		list = append(list, record.Count{Name: "lost", Value: lost})
	}
	line := p.list(list, func(name string) string {
		switch name {
		case "":
			return p.signalling()
		case "lost":
			return "lost"
		}
		return p.labelOf(name)
	})
	if inside := p.list(p.Tunnels, tunnelName); inside != "" {
		line += "; in tunnels " + inside
	}
	return line
}

// list returns the shares of a list.
func (p *Path) list(counts []record.Count, label func(name string) string) string {
	counts = slices.Clone(counts)
	slices.SortStableFunc(counts, func(a, b record.Count) int { return cmp.Compare(b.Value, a.Value) })
	var parts []string
	for i, c := range counts {
		if len(parts) == shares || float64(c.Value) < leastShare*float64(p.Packets) || c.Value == 0 {
			counts = counts[i:]
			break
		}
		parts = append(parts, percent(c.Value, p.Packets)+" "+label(c.Name))
		if i == len(counts)-1 {
			counts = nil
		}
	}
	rest := uint64(0)
	for _, c := range counts {
		rest += c.Value
	}
	if float64(rest) >= leastShare*float64(p.Packets) && rest > 0 && len(parts) > 0 {
		parts = append(parts, percent(rest, p.Packets)+" others")
	}
	return strings.Join(parts, " · ")
}

// signalling names what was delivered.
func (p *Path) signalling() string {
	names, _ := tallyOf(p.Transports).top(most)
	if len(names) == 0 {
		return "TCP in which SIP is looked for"
	}
	return "SIP over " + strings.Join(names, ", ")
}

// withoutKeys is the reason of TLS that cannot be read.
const withoutKeys = "tls_without_keys"

// labelOf names a reason, of TLS without keys with the number of servers.
func (p *Path) labelOf(name string) string {
	label := contents[name].label
	if label == "" {
		label = words(name)
	}
	if n := p.Blind.Servers; name == withoutKeys && n > 0 {
		servers := counted(n, "server", "servers")
		if p.Blind.More {
			servers = "over " + servers
		}
		label += " (" + servers + ")"
	}
	return label
}

// Remedies returns a line for each kind of content that was not read and could be: what it was and what to do.
func (p *Path) Remedies() (lines []string) {
	list := slices.Clone(p.Ignored)
	slices.SortStableFunc(list, func(a, b record.Count) int { return cmp.Compare(b.Value, a.Value) })
	for _, c := range list {
		if remedy := contents[c.Name].remedy; remedy != "" && c.Value > 0 {
			if c.Name == withoutKeys {
				remedy = p.keys(remedy)
			}
			lines = append(lines, p.labelOf(c.Name)+": "+remedy)
		}
	}
	return lines
}

// keys names the server whose keys open the most.
func (p *Path) keys(remedy string) string {
	switch {
	case p.Blind.Busiest == "":
		return remedy
	case p.Blind.Servers == 1:
		return "give the key log of " + p.Blind.Busiest + " or, for RSA key exchange, its private key"
	}
	return remedy + "; the most packets are of " + p.Blind.Busiest
}

// tunnelNames are those that are not written like the others, in capitals.
var tunnelNames = map[string]string{"pseudowire": "pseudowires", "pppoe": "PPPoE", "geneve": "Geneve", "teredo": "Teredo", "ipip": "IP in IP", "6in4": "6in4"}

func tunnelName(name string) string {
	if known := tunnelNames[name]; known != "" {
		return known
	}
	return strings.ToUpper(name)
}

// percent writes n as a part of total with two digits.
func percent(n, total uint64) string {
	part := 100 * float64(n) / float64(total)
	switch {
	case part >= 99.95 && n < total:
		return "99.9 %"
	case part >= 10:
		return fmt.Sprintf("%.0f %%", part)
	}
	return fmt.Sprintf("%.1f %%", part)
}

// PathOf returns what the packets that a record counts carried.
func PathOf(s *record.Stats) *Path {
	return &Path{
		Packets: s.Packets, Delivered: s.Delivered, Transports: s.Messages.Transports, Ignored: s.Ignored, Dropped: s.Dropped, Tunnels: s.Tunnels,
		Blind: s.WithoutKeys,
	}
}
