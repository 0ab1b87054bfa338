package prometheus

import (
	"time"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/types/known/timestamppb"

	"sipspan/record"
	"sipspan/session/stats"
)

// exemplarLabel is the one label of an exemplar: the Call-ID, by which the records of the session are found.
const exemplarLabel = "call_id"

// exemplar returns an exemplar for the page: nil if there is none, or if its Call-ID is too long for
// OpenMetrics, which gives 128 characters to all labels of an exemplar. A part of a Call-ID would not match a record. Neither does one
// with characters that are not shown as themselves, and OpenMetrics escapes none of them.
func (o *output) exemplar(e *stats.Exemplar) *dto.Exemplar {
	if e.CallID == "" {
		return nil
	}
	id := e.CallID
	if o.veil.CallID != nil {
		id = o.veil.CallID(id)
	}
	if id == "" || record.Visible(id) != id || len(exemplarLabel)+utf8.RuneCountInString(id) > prometheus.ExemplarMaxRunes {
		return nil
	}
	name := exemplarLabel
	value := e.Value
	out := &dto.Exemplar{Label: []*dto.LabelPair{{Name: &name, Value: &id}}, Value: &value}
	if e.Time > 0 {
		out.Timestamp = timestamppb.New(time.Unix(0, e.Time))
	}
	return out
}
