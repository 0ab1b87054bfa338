package diagnose

import "slices"

// Source is what a diagnosis rests on; the set is that of the contract's cause.source.
type Source string

// The sources.
const (
	SIP           Source = "sip"
	Reason        Source = "reason"
	Q850          Source = "q850"
	Warning       Source = "warning"
	MSDiagnostics Source = "ms-diagnostics"
	Timeout       Source = "timeout"
	ICMP          Source = "icmp"
	TCP           Source = "tcp"
	TLS           Source = "tls"
	WebSocket     Source = "websocket"
	SCTP          Source = "sctp"
)

// Diagnosis is an entry of the table.
type Diagnosis struct {
	ID      string // such as "q850_17"; never changes its meaning
	Source  Source
	RestsOn string // what must have been seen, for people
	// Sentence is the explanation without its full stop. Names in braces stand for what the case holds.
	Sentence string
	Action   string // what to do, an imperative clause; empty when there is nothing to do
}

// Table returns all diagnoses, in the order of the manual. The slice belongs to the caller.
func Table() []Diagnosis { return slices.Clone(table) }

// table is put together once; index finds an entry by its ID.
var table, index = func() ([]Diagnosis, map[string]int) {
	all := slices.Concat(
		microsoftTable(), q850Table(), reasonTable(), warningTable(), authTable, loopTable, dialogTable, answerTable, overloadTable, negotiationTable,
		networkTable, tlsTable, webSocketTable, sctpTable, timeoutTable, registrationTable, natTable, statusTable(),
	)
	byID := make(map[string]int, len(all))
	for i, d := range all {
		if _, twice := byID[d.ID]; twice {
			panic("diagnosis " + d.ID + " stands in the table twice")
		}
		byID[d.ID] = i
	}
	return all, byID
}()

// known reports whether there is a diagnosis of that ID.
func known(id string) bool {
	_, ok := index[id]
	return ok
}
