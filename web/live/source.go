package live

import (
	"time"

	"sipspan/exporters/prometheus"
	"sipspan/exporters/report"
)

// Source is where the state of the sensor comes from. All functions may be called by several goroutines.
type Source struct {
	Sensor, Version string
	Started         time.Time
	Snapshot        func() prometheus.Snapshot // all counters at this moment
	Carries         func() *report.Path        // what the packets carried
	Ready           func() error               // nil while packets are captured on all interfaces
	Alive           func() error               // nil while the program does its work
	Now             func() time.Time           // nil is time.Now
}
