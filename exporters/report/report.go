package report

import (
	"io"
	"strings"

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

// Close writes the page.
func (p *Report) Close() error {
	if p.stats == nil && p.first == 0 {
		return nil // no input could be read, which the error reports
	}
	page := &page{Options: p.options}
	p.head(page)
	p.traffic(page)
	p.alerts.section(page)
	p.calls.section(page)
	p.failures.section(page)
	p.calls.slowest(page)
	p.registrations.section(page)
	p.subscriptions.section(page)
	p.messages.section(page, p.calls.instantMessages)
	p.transactions.section(page)
	p.tls.section(page)
	p.blind(page)
	_, err := io.WriteString(p.w, page.String())
	return err
}

// page is the text as it grows.
type page struct {
	Options
	strings.Builder
}

// inset is the margin in front of everything below a title.
const inset = "  "

// section begins a new section with its title and a remark beside it.
func (p *page) section(name, remark string) {
	p.WriteByte('\n')
	line := p.paint(name, title)
	if remark != "" {
		line += "  " + p.paint(clip(remark, p.width()-columns(name)-2), dim)
	}
	p.WriteString(line + "\n")
}

// lines adds lines below the title, without blanks at their ends.
func (p *page) lines(lines ...string) {
	for _, line := range lines {
		if line = strings.TrimRight(line, " "); line != "" {
			line = inset + line
		}
		p.WriteString(line + "\n")
	}
}

// room is how many columns are left beside the margin.
func (p *page) room() int { return p.width() - len(inset) }

// table adds a table.
func (p *page) table(t *table) { p.lines(t.lines(p.Options, p.room())...) }
