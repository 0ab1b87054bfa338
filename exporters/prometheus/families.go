package prometheus

import "github.com/prometheus/client_golang/prometheus"

// Family describes one metric family for the manual.
type Family struct {
	Name, Type, Help string
	Labels           []string
}

// Families lists every family of the page except those of the Go runtime and of the process, in the order of the source.
func Families() []Family {
	types := map[prometheus.ValueType]string{
		prometheus.CounterValue: "counter", prometheus.GaugeValue: "gauge", prometheus.UntypedValue: "histogram",
	}
	all := make([]Family, len(families))
	for i, m := range families {
		all[i] = Family{Name: m.name, Type: types[m.kind], Help: m.help, Labels: m.labels}
	}
	return all
}
