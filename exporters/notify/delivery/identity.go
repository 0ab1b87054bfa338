package delivery

import (
	"strconv"
	"strings"

	"sipspan/record"
)

// The states of an alert.
const (
	Firing   = "firing"
	Resolved = "resolved"
)

// Identity is what the beginning and the end of an alert have in common: the sensor, the rule and the labels.
func Identity(a *record.Alert) string {
	var b strings.Builder
	for _, s := range []string{a.Sensor, a.Rule} {
		b.WriteString(strconv.Quote(s))
	}
	for _, l := range a.Labels {
		b.WriteString(strconv.Quote(l.Name))
		b.WriteString(strconv.Quote(l.Value))
	}
	return b.String()
}
