package report

import (
	"io"
	"time"

	"sipspan/exporters"
	"sipspan/record"
)

var _ exporters.Exporter = (*Report)(nil)

// Report gathers records and writes one page about them.
type Report struct {
	w       io.Writer
	options Options

	stats         *record.Stats // the last one, nil before
	first, last   int64         // times of the records, Unix nanoseconds, 0 before
	calls         calls
	failures      failures
	registrations registrations
	subscriptions subscriptions
	messages      messages
	transactions  transactions
	tls           tlsConnections
	alerts        alerts
	unsure        unsure
}

// New returns a report that is written to w when it is closed, unless it got no record.
func New(w io.Writer, o Options) *Report {
	return &Report{w: w, options: o}
}

// Export implements exporters.Exporter. It never fails.
func (p *Report) Export(r record.Record) error {
	if r.Kind() != record.KindStats {
		p.unsure.add(r.Head().Confidence.Flags)
		p.seen(r.Head())
	}
	switch r := r.(type) {
	case *record.Call:
		p.calls.add(r)
	case *record.Failure:
		p.failures.add(r)
	case *record.Registration:
		p.registrations.add(r)
	case *record.Subscription:
		p.subscriptions.add(r)
	case *record.Publication:
		p.subscriptions.publish(r)
	case *record.Message:
		p.messages.add(r)
	case *record.Transaction:
		p.transactions.add(r)
	case *record.TLS:
		p.tls.add(r)
	case *record.Alert:
		p.alerts.add(r)
	case *record.Stats:
		p.stats = r
	}
	return nil
}

// seen extends the period of the report to that of a record.
func (p *Report) seen(h *record.Header) {
	if h.Start != 0 && (p.first == 0 || h.Start < p.first) {
		p.first = h.Start
	}
	p.last = max(p.last, h.Start, h.End)
}

// Flush implements exporters.Exporter. The page is written as a whole, by Close.
func (p *Report) Flush() error { return nil }

// Close writes the report as text.
func (p *Report) Close() error {
	if p.Empty() {
		return nil
	}
	_, err := io.WriteString(p.w, text(p.Document(), p.options))
	return err
}

// Failed returns the Call-ID of the first failure of each kind that the report names.
func (p *Report) Failed() []string { return p.failures.firsts() }

// Empty reports whether there is nothing to report: no input could be read, which the error of the reading says.
func (p *Report) Empty() bool { return p.stats == nil && p.first == 0 }

// zone is that of the times.
func (p *Report) zone() *time.Location {
	if p.options.Zone == nil {
		return time.UTC
	}
	return p.options.Zone
}

// Document returns the report of what was exported so far.
func (p *Report) Document() *Document {
	d := &Document{}
	p.head(d)
	p.traffic(d)
	p.alerts.section(d, p.zone())
	p.calls.section(d)
	p.failures.section(d)
	p.calls.slowest(d)
	p.registrations.section(d)
	p.subscriptions.section(d)
	p.messages.section(d, p.calls.instantMessages)
	p.transactions.section(d)
	p.tls.section(d)
	p.blind(d)
	return d
}
