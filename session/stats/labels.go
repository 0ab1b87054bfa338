package stats

import (
	"sipspan/decode/presence"
	"sipspan/decode/sip"
)

// Table is one of the tables that have a limit.
type Table uint8

// The tables.
const (
	TableCalls Table = iota
	TableRegistrations
	TableSubscriptions
	TableTransactions
	TableResources
	TablePresentities // of the correlator
	NumTables         = int(iota)
)

var tableNames = [NumTables]string{"calls", "registrations", "subscriptions", "transactions", "resources", "presentities"}

// Weighed are the tables whose memory is counted.
var Weighed = [...]Table{TableCalls, TableRegistrations, TableSubscriptions, TableTransactions}

// String returns the name used as the table label.
func (t Table) String() string { return tableNames[t] }

// Basic is whether a presentity can be reached (RFC 3863 section 4.1.4).
type Basic = presence.Basic

// NumBasics is the number of basic states, the unknown one included.
const NumBasics = int(presence.Open) + 1

// NumStatuses is the number of status codes that are counted apart, from 100 to 699.
const NumStatuses = 600

// StatusIndex returns the index of a status code in an array of NumStatuses: the code less 100. The decoder refuses codes
// outside 100 to 699; here they share the last index.
func StatusIndex(status int) int {
	if status < 100 || status > 699 {
		return NumStatuses - 1
	}
	return status - 100
}

// OtherCode is the code of counts that share one label set because there were too many.
const OtherCode = 0xffff

// FailureLabels are the labels of failures_total.
type FailureLabels struct {
	Method sip.Method
	Code   uint16 // status code, 0 when there was no response
	Source string // of the cause, a closed set: see record.Cause
}

// CauseLabels are the labels of the causes of failures.
type CauseLabels struct {
	Method sip.Method
	Event  string // event package, "" for none
	Code   uint16 // status code, 0 when there was no response
	Cause  string // see CauseLabel
}

// The label sets that count what is beyond the limit of a Tally.
var (
	otherFailure = FailureLabels{Code: OtherCode, Source: CauseOther}
	otherCause   = CauseLabels{Event: CauseOther, Code: OtherCode, Cause: CauseOther}
)
