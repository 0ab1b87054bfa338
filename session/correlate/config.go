package correlate

import "time"

// Config configures a correlator. The names are those of session.Config, where the values come from and are validated;
// the limits are those of the whole program.
type Config struct {
	TopUserAgents, TopDomains int // how many of them are counted by name

	MaxRegistrations     int // bindings
	MaxRegistrationBytes int // that they take, with the records that wait for their end; 0 for no limit
	MaxResources         int // presentities

	T1               time.Duration // of RFC 3261 section 17
	ChallengeWindow  time.Duration
	RegistrationWait time.Duration
	FlapChanges      int
	FlapWindow       time.Duration
	RelatedMedia     bool
	RelatedWindow    time.Duration
	RelatedWait      time.Duration
}

// timerF is how long a REGISTER that was sent in time may take for its answer (RFC 3261 section 17.1.2.2).
func (c *Config) timerF() int64 { return int64(64 * c.T1) }
