package dashboards

import (
	"regexp"
	"strings"
)

// Board is one dashboard.
type Board struct {
	UID, Title, Description string
	Peers                   bool // it can be narrowed to some peers
	Rows                    []Row
}

// Row is a heading and the panels below it.
type Row struct {
	Title  string
	Panels []Panel
}

// Look is how a panel shows its queries.
type Look uint8

// The looks.
const (
	Lines Look = iota // over time
	Areas             // over time, one on the other
	Value             // the last value, large
	Table             // the last values, a line each
)

// Panel is one picture.
type Panel struct {
	Title string
	Help  string // what it shows and when it is bad
	Look  Look
	Unit  string  // of Grafana: short, s, percentunit, reqps, bytes, cps
	Width uint32  // of 24
	Bad   float64 // a value from which on it is shown in red; 0 for none
	Good  bool    // Bad is a lower bound: less than that is red
	Shows []Query
}

// Query is a line of PromQL and the name of what it gives.
type Query struct{ Expr, Legend string }

// All returns the dashboards by the name of their file.
func All() map[string]Board {
	return map[string]Board{
		"overview.json": overview(),
		"failures.json": failures(),
		"presence.json": presence(),
		"sensor.json":   sensor(),
	}
}

// span is the time that rates are taken over: Grafana makes it fit the step of the picture.
const span = "$__rate_interval"

// Expand puts values in the place of the variables of a dashboard in a query, so that it can be asked without Grafana.
func Expand(expr, rateInterval string) string {
	return strings.NewReplacer("$__rate_interval", rateInterval, "$instance", ".*", "$peer", ".*").Replace(expr)
}

// only narrows a metric to the chosen instances and to the given labels, such as `code=~"5.."`.
func only(metric string, labels ...string) string {
	return "sipspan_" + metric + "{" + strings.Join(append([]string{`instance=~"$instance"`}, labels...), ",") + "}"
}

// perSecond is the rate of a counter, added up by labels.
func perSecond(metric, by string, labels ...string) string {
	return sumBy(by) + "(rate(" + only(metric, labels...) + "[" + span + "]))"
}

// share is one rate by another; where nothing happened it has no value.
func share(part, whole string) string { return part + " / (" + whole + " > 0)" }

// quantile is a quantile of a histogram, from its classic buckets or, where Prometheus keeps only those, from the native ones.
func quantile(q, metric, by string, labels ...string) string {
	groups := "le"
	if by != "" {
		groups += "," + by
	}
	return "histogram_quantile(" + q + ", sum by (" + groups + ") (rate(" + only(metric+"_bucket", labels...) + "[" + span + "])))" +
		" or histogram_quantile(" + q + ", " + perSecond(metric, by, labels...) + ")"
}

// mean is the mean of a histogram, likewise.
func mean(metric string) string {
	native := perSecond(metric, "")
	return share(perSecond(metric+"_sum", ""), perSecond(metric+"_count", "")) +
		" or histogram_sum(" + native + ") / (histogram_count(" + native + ") > 0)"
}

func sumBy(labels string) string {
	if labels == "" {
		return "sum"
	}
	return "sum by (" + labels + ") "
}

var selectors = regexp.MustCompile(`(sipspan_[a-z0-9_]+)\{([^}]*)\}`)

// Selected is a metric that a query reads, and the labels that it asks for.
type Selected struct {
	Metric string
	Labels []string
}

// Selects lists the metrics of a query.
func Selects(expr string) (all []Selected) {
	for _, m := range selectors.FindAllStringSubmatch(expr, -1) {
		s := Selected{Metric: m[1]}
		for _, matcher := range strings.Split(m[2], ",") {
			if name, _, ok := strings.Cut(matcher, "="); ok {
				s.Labels = append(s.Labels, strings.TrimRight(name, "!"))
			}
		}
		all = append(all, s)
	}
	return all
}
