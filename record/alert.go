package record

// Alert is a rule that began or stopped to hold. Start is when the condition began, End when it ended, 0 before that.
type Alert struct {
	Header
	Rule      string   // name of the rule
	Type      string   // what the rule evaluates, such as "status_ratio"
	Severity  string   // "warning", "critical"
	State     string   // "firing", "resolved"
	Labels    []Label  // what the rule was evaluated for, sorted by name
	Summary   string   // one sentence for a person; it names methods, codes, peers and addresses, never a user
	Value     float64  // NaN: unknown
	Threshold float64  // value that Value has to reach; NaN: none
	Baseline  float64  // expected value; NaN: not learned yet, or the rule has none
	Events    uint64   // number of events that count as bad
	Of        uint64   // number of all events; 0: the rule has no ratio
	TopCauses []Count  // of the events, the highest first
	TopPeers  []Count  // who generated them: peers, and addresses of no peer
	Samples   []string // Call-IDs
	Pcap      string   // path of a capture of the samples

	Origin      string    // who generated what failed: a peer or an address; "" when several did or the capture does not show it
	LikelyCause string    // the most frequent diagnosis, as a sentence
	LookAt      string    // what to look at first
	Symptoms    []Symptom // the other rules that hold because of the same fault
	Command     string    // a command line that lists the calls
	RunbookURL  string    // of the page that says what to do
	PageURL     string    // of the sensor that raised the alert
	PcapURL     string    // of the capture
}

// Symptom is a rule that holds because of the fault that an alert is about. Its numbers are of its own window.
type Symptom struct {
	Rule       string
	Severity   string
	State      string // "firing", "resolved"
	Labels     []Label
	Summary    string
	Start      int64
	Events, Of uint64
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
	m.text("origin", &a.Origin)
	m.text("likely_cause", &a.LikelyCause)
	m.text("look_at", &a.LookAt)
	m.symptoms("symptoms", &a.Symptoms)
	m.text("command", &a.Command)
	m.text("runbook_url", &a.RunbookURL)
	m.text("page_url", &a.PageURL)
	m.text("pcap_url", &a.PcapURL)
}

// symptoms is a list of rules, absent when it is empty. A row has their names and labels.
func (m *members) symptoms(name string, list *[]Symptom) {
	if m.form == toRow {
		var l items
		for _, s := range *list {
			parts := []string{s.Rule}
			for _, label := range s.Labels {
				parts = append(parts, label.Name, label.Value)
			}
			l.add(parts...)
		}
		m.row.add(name, l.String())
		return
	}
	for i := range array(m, name, list) {
		s := &(*list)[i]
		m.item()
		m.text("rule", &s.Rule)
		m.text("severity", &s.Severity)
		m.text("state", &s.State)
		m.labels("labels", &s.Labels)
		m.text("summary", &s.Summary)
		m.time("start", &s.Start)
		m.unsigned("events", &s.Events)
		m.counter("of", &s.Of)
		m.shut()
	}
	m.end(len(*list))
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
