package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"time"

	"sipspan/exporters/notify/pcap"
	"sipspan/exporters/store"
	"sipspan/record"
	"sipspan/record/choose"
	"sipspan/web/history"
)

// Record is one record, as it is written.
type Record struct{ record.Record }

var _ json.Marshaler = Record{}

// MarshalJSON implements json.Marshaler.
func (r Record) MarshalJSON() ([]byte, error) { return r.AppendJSON(nil), nil }

// List is a part of the records that match, those first that began last.
type List struct {
	Records []Record `json:"records"`
	Cursor  string   `json:"cursor,omitempty"` // of the next part; absent at the end
	Doubt   string   `json:"doubt,omitempty"`  // why records may be missing
}

func recordsOf(all []record.Record) []Record {
	records := []Record{}
	for _, r := range all {
		records = append(records, Record{r})
	}
	return records
}

func (a *API) list(kind record.Kind) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		q, err := a.History.Parse(kind, r.URL.Query(), zone)
		if err != nil {
			a.problem(w, r, err)
			return
		}
		l, err := a.History.Find(r.Context(), q)
		if err != nil {
			a.problem(w, r, err)
			return
		}
		answer(w, List{Records: recordsOf(l.Records), Cursor: l.Cursor(), Doubt: l.Doubt})
	}
}

// One is one record with what belongs to it.
type One struct {
	Record  Record   `json:"record"`
	Related []Record `json:"related"` // with the same Call-ID, and the calls that it is related to
	Doubt   string   `json:"doubt,omitempty"`
}

func (a *API) one(kind record.Kind) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s, err := a.History.Get(r.Context(), kind, r.PathValue("id"))
		if err != nil {
			a.problem(w, r, err)
			return
		}
		answer(w, One{Record: Record{s.Record}, Related: recordsOf(s.Related), Doubt: s.Doubt})
	}
}

// messages returns a session with its messages.
func (a *API) messages(w http.ResponseWriter, r *http.Request, kind record.Kind) (*history.Session, []store.Message, bool) {
	s, err := a.History.Get(r.Context(), kind, r.PathValue("id"))
	if err != nil {
		a.problem(w, r, err)
		return nil, nil, false
	}
	all, _, err := a.History.Messages(r.Context(), s.Record)
	if err != nil {
		a.problem(w, r, err)
		return nil, nil, false
	}
	return s, all, true
}

func (a *API) ladder(kind record.Kind) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if s, all, ok := a.messages(w, r, kind); ok {
			answer(w, s.Ladder(all, a.ShowText))
		}
	}
}

// pcap answers with the messages as a capture, whose headers are made anew.
func (a *API) pcap(kind record.Kind) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s, all, ok := a.messages(w, r, kind)
		if !ok {
			return
		}
		if len(all) == 0 {
			a.problem(w, r, history.ErrNoMessages)
			return
		}
		var packets bytes.Buffer
		if err := pcap.Write(&packets, history.Packets(all)); err != nil {
			a.problem(w, r, err)
			return
		}
		w.Header().Set("Content-Type", "application/vnd.tcpdump.pcap")
		w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": s.Record.Head().ID + ".pcapng"}))
		_, _ = w.Write(packets.Bytes()) // who has gone away does not want it
	}
}

// Trend is how many failures began in each step of a time.
type Trend struct {
	Since  string   `json:"since"` // RFC 3339, UTC
	Until  string   `json:"until"`
	StepS  int      `json:"step_s"`
	Total  int      `json:"total"`
	Series []Series `json:"series"` // the largest first
	Doubt  string   `json:"doubt,omitempty"`
}

// Series is the failures of one cause or peer.
type Series struct {
	Label  string `json:"label,omitempty"` // absent for all others together
	Total  int    `json:"total"`
	Counts []int  `json:"counts"` // one for each step
}

func (a *API) trend(w http.ResponseWriter, r *http.Request) {
	values := r.URL.Query()
	by, since, until, err := TrendOf(values.Get("by"), values.Get("since"), values.Get("until"), zone)
	if err != nil {
		a.problem(w, r, err)
		return
	}
	t, err := a.History.Trend(r.Context(), since, until, by)
	if err != nil {
		a.problem(w, r, err)
		return
	}
	answer(w, TrendFrom(t))
}

// TrendFrom returns the JSON form of a trend.
func TrendFrom(t *history.Trend) Trend {
	out := Trend{
		Since: t.Since.UTC().Format(time.RFC3339), Until: t.Until.UTC().Format(time.RFC3339), StepS: int(t.Step / time.Second),
		Total: t.Total, Series: []Series{}, Doubt: t.Doubt,
	}
	for _, s := range t.Series {
		out.Series = append(out.Series, Series{Label: s.Label, Total: s.Total, Counts: s.Counts})
	}
	return out
}

// trendTime is how long a trend is unless another time is asked for.
const trendTime = 24 * time.Hour

// TrendOf reads the parameters of a trend: by cause unless something else is asked for, and of the last day.
func TrendOf(by, since, until string, zone *time.Location) (of history.By, from, to time.Time, err error) {
	switch of = history.By(by); of {
	case "":
		of = history.ByCause
	case history.ByCause, history.ByPeer:
	default:
		return of, from, to, &history.ParamError{Param: "by", Text: `expected "cause" or "peer"`}
	}
	now := time.Now()
	q := choose.Query{Since: since, Until: until, Zone: zone, Now: now}
	c, err := q.Compile()
	if err != nil {
		param := "since"
		var wrong *choose.Error
		if errors.As(err, &wrong) {
			param, err = wrong.Condition, errors.New(wrong.Text)
		}
		return of, from, to, &history.ParamError{Param: param, Text: err.Error()}
	}
	from, to = c.Span()
	if to.IsZero() {
		to = now
	}
	if from.IsZero() {
		from = to.Add(-trendTime)
	}
	return of, from, to, nil
}
