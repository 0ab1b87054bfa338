package record

// Count is a named number. Lists of counts are sorted by name.
type Count struct {
	Name  string
	Value uint64
}

// Stats is the account of a whole run: the last line of "sipspan read --json".
type Stats struct {
	Header
	Packets, Bytes  uint64
	Messages        MessageCounts
	CallIDs         uint64 // distinct Call-IDs
	CallIDsExact    bool   // false when the table of Call-IDs was full; CallIDs is then left out
	Retransmissions uint64
	Malformed       []Count
	Ignored         []Count // packets, by reason
	Dropped         []Count // packets, by stage and reason: "stage_reason"
	ClockSteps      []Count // how often the clock of the capture did not advance, by kind
	Tunnels         []Count // packets by the outermost tunnel around them, those without left out
	Evicted         []Count // entries that full tables dropped, by table
	Delivered       uint64  // packets that reached the decoder
	Reordered       uint64  // packets that stand after later ones in files; 0 is left out
	Untimed         uint64  // packets of which the capture does not hold the time; 0 is left out
	SkippedBytes    uint64  // of TCP streams with SIP, that belong to no message or to a body too large for one; 0 is left out
	WithoutKeys     Servers // of the packets that are ignored as tls_without_keys
	Records         []Count
	ElapsedMS       float64
}

// Kind implements Record.
func (*Stats) Kind() Kind { return KindStats }

// Servers are the servers of connections, as far as a connection shows which of its ends is the server.
type Servers struct {
	Servers uint64 // distinct addresses with ports; 0 is left out
	More    bool   // there were more than are counted
	Busiest string // address and port of the one with the most packets
}

// MessageCounts counts every SIP message on the wire, retransmissions and hops included.
type MessageCounts struct {
	Total      uint64
	Requests   []Count // by method
	Responses  []Count // by status code
	Transports []Count
}
