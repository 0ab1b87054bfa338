package prometheus

import (
	"time"

	"sipspan/exporters"
	"sipspan/record"
	"sipspan/session/stats"
)

// Snapshot is everything that a scrape shows. It belongs to the scrape and is not changed.
type Snapshot struct {
	Packets uint64 // taken from all sources
	Bytes   uint64 // their length on the wire

	WebSocket    Carrier        // its connections with SIP
	SCTP         Carrier        // its associations
	HEP          HEP            // of agents over TCP
	Lag          Lag            // of the stages
	Shedding     int            // what is left out under load
	Shed         []record.Count // messages that were left out under load, by reason: all reasons
	Interfaces   []Interface    // that are captured
	Drops        []Drop         // those with the same labels are added up
	Reasons      []Loss         // those of Drops that were lost in the program, with the reason: all, including those at zero
	SkippedBytes uint64         // of TCP streams with SIP
	ClockSteps   []record.Count // by kind: all kinds, including those at zero
	Ignored      []record.Count // packets by reason: all reasons, including those at zero
	Tunnels      []record.Count // packets by the outermost tunnel around them: all kinds, including those at zero
	Malformed    []record.Count // messages by fault

	Session   *stats.Counters // nil: none yet
	Exporters []exporters.Stats
	Alerts    []AlertCount // every rule, including those that never fired

	MaxSeries int    // that of the Config as it is now; 0: it has not changed
	Reload    Reload // of the configuration
}

// Reload is what became of the last attempt to read the configuration again.
type Reload struct {
	Successful bool      // the start of the program counts as one
	At         time.Time // when a configuration was taken into use last; zero: nothing is shown
}

// Lag is how far the stages are behind the wall clock.
type Lag struct{ Reader, Worker time.Duration }

// Carrier counts what a protocol carried that wraps messages.
type Carrier struct {
	Connections uint64
	Messages    uint64         // read whole
	Faults      []record.Count // by reason: all reasons, including those at zero
}

// HEP counts the connections of agents that send HEP over TCP.
type HEP struct {
	Open    int
	Refused uint64 // too many, or without HEP
}

// Interface is the state of a network interface.
type Interface struct {
	Name     string
	Up       bool   // its packets can be seen
	Reopened uint64 // how often it was opened again after it was gone
}

// AlertCount is the state of a rule of the alert engine.
type AlertCount struct {
	Rule   string // a name from the configuration
	Firing int    // alerts that fire now
	Total  uint64 // alerts that began to fire
}

// Loss is packets that were lost in one stage of the program for one reason.
type Loss struct {
	Stage, Reason string
	Packets       uint64
}

// Drop is packets that were lost in one place.
type Drop struct {
	Interface string // network interface; "" for a stage that does not distinguish interfaces
	Stage     string // "kernel", "interface", or a stage of the program such as "queue"
	Packets   uint64
}
