package record

// Alert is a rule that began or stopped to hold. Start is when the condition began, End when it ended, 0 before that.
type Alert struct {
	Header
	Rule      string  // name of the rule
	Type      string  // what the rule evaluates, such as "status_ratio"
	Severity  string  // "warning", "critical"
	State     string  // "firing", "resolved"
	Labels    []Label // what the rule was evaluated for, sorted by name
	Summary   string  // one sentence for a person; it names methods, codes, peers and addresses, never a user
	Value     float64 // NaN: unknown
	Threshold float64 // value that Value has to reach; NaN: none
	Baseline  float64 // expected value; NaN: not learned yet, or the rule has none
	Events    uint64  // number of events that count as bad
	Of        uint64  // number of all events; 0: the rule has no ratio
	TopCauses []Count // of the events, the highest first
	TopPeers  []Count
	Samples   []string // Call-IDs
	Pcap      string   // path of a capture of the samples
}

// Kind implements Record.
func (*Alert) Kind() Kind { return KindAlert }

// Label is one name and value of an alert.
type Label struct{ Name, Value string }

// AppendJSON implements Record.
func (a *Alert) AppendJSON(dst []byte) []byte {
	m := members{json: append(dst, '{')}
	a.Header.write(&m, KindAlert)
	a.write(&m)
	return append(m.json, '}')
}

func (a *Alert) write(m *members) {
	m.text("rule", &a.Rule)
	m.text("type", &a.Type)
	m.text("severity", &a.Severity)
	m.text("state", &a.State)
	m.labels("labels", &a.Labels)
	m.text("summary", &a.Summary)
	m.float("value", &a.Value)
	m.float("threshold", &a.Threshold)
	m.float("baseline", &a.Baseline)
	m.unsigned("events", &a.Events)
	m.counter("of", &a.Of)
	m.counts("top_causes", &a.TopCauses)
	m.counts("top_peers", &a.TopPeers)
	m.texts("samples", &a.Samples)
	m.text("pcap", &a.Pcap)
}

// labels is the names and values of an alert as one object, absent when there are none.
func (m *members) labels(name string, list *[]Label) {
	switch m.form {
	case toJSON:
		if len(*list) > 0 {
			m.key(name)
			m.json = appendLabels(m.json, *list)
		}
	case toRow:
		var l items
		for _, label := range *list {
			l.add(label.Name, label.Value)
		}
		m.row.add(name, l.String())
	case fromJSON:
		m.read.labels(name, list)
	}
}

func appendLabels(dst []byte, list []Label) []byte {
	dst = append(dst, '{')
	for i, label := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendString(dst, label.Name), ':')
		dst = appendString(dst, label.Value)
	}
	return append(dst, '}')
}
