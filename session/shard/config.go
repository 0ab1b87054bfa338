package shard

import (
	"fmt"
	"strings"
	"time"

	"sipspan/session/stats"
	"sipspan/session/value"
)

const maxRelatedHeaders = 64

// Config is the configuration of the trackers and of the correlator. The limits are those of the whole program; Shard
// gives the share of one tracker.
type Config struct {
	// Sensor names this capture point in every record. It is no key of the section: config fills it in.
	Sensor string `mapstructure:"-"`
	// TopUserAgents and TopDomains are how many of them are counted by name. They are no keys of the section either.
	TopUserAgents int `mapstructure:"-"`
	TopDomains    int `mapstructure:"-"`

	// MaxCalls, MaxRegistrations (bindings), MaxSubscriptions and MaxTransactions limit the tables. When one is full,
	// its oldest entry is written out as far as it is known and dropped.
	MaxCalls         int `mapstructure:"max_calls"`
	MaxRegistrations int `mapstructure:"max_registrations"`
	MaxSubscriptions int `mapstructure:"max_subscriptions"`
	MaxTransactions  int `mapstructure:"max_transactions"`
	// MaxResources limits what notifications name and is followed by itself: the dialogs, contacts, watchers, conference
	// users and resources of all subscriptions. What is beyond is left out.
	MaxResources int `mapstructure:"max_resources"`
	// MaxCallIDs limits how many distinct Call-IDs are counted exactly, eight bytes each.
	MaxCallIDs int `mapstructure:"max_call_ids"`
	// MaxEvidence limits the bytes of messages that are kept for the explanation of failures. What finds no room is
	// explained without its text.
	MaxEvidence int `mapstructure:"max_evidence"`

	// Budget is the memory for sessions. It is no key of the section: config gives it its share.
	Budget Budget `mapstructure:"-"`
	// MaxRegistrationBytes is the memory for bindings, and for the records that wait for what becomes of them. It is no key
	// of the section either.
	MaxRegistrationBytes int `mapstructure:"-"`

	// T1 is the round-trip time estimate of RFC 3261 section 17; Timers B, F and H are 64 times that.
	T1 time.Duration `mapstructure:"t1"`
	// TimerC is after how long without a message an INVITE with a provisional response is given up. A user agent waits
	// without limit then (RFC 3261 section 17.1.1.2), and of a proxy with a timer of its own (section 16.6) the CANCEL or
	// the final response shows.
	TimerC time.Duration `mapstructure:"timer_c"`
	// Reorder is how long a message waits for the one that it answers or follows, when the capture shows them in the other
	// order; 0 takes every message as it comes.
	Reorder time.Duration `mapstructure:"reorder"`
	// Linger is how long a finished session waits for what belongs to it: hops that lag behind, another attempt,
	// retransmissions.
	Linger time.Duration `mapstructure:"linger"`
	// ChallengeWait is how long a challenged request waits for its second try under the same Call-ID: a person may have
	// to type a password.
	ChallengeWait time.Duration `mapstructure:"challenge_wait"`
	// ChallengeWindow is how long a challenged call waits for a second try under another Call-ID, at most ChallengeWait.
	ChallengeWindow time.Duration `mapstructure:"challenge_window"`
	// CallMaxAge ends an answered call in which nothing was seen for so long.
	CallMaxAge time.Duration `mapstructure:"call_max_age"`
	// SubscriptionMaxAge ends a subscription of unknown duration in which nothing was seen for so long.
	SubscriptionMaxAge time.Duration `mapstructure:"subscription_max_age"`

	// RegistrationWait is how long the record of a registration waits for what becomes of its binding: renewed, taken back, or
	// run out.
	RegistrationWait time.Duration `mapstructure:"registration_wait"`

	// FlapChanges changes of somebody's basic presence within FlapWindow are flapping.
	FlapChanges int           `mapstructure:"flap_changes"`
	FlapWindow  time.Duration `mapstructure:"flap_window"`
	// RelatedHeaders names header fields of an INVITE that carry the Call-ID of another leg, or a value that all legs of
	// a conversation have.
	RelatedHeaders []string `mapstructure:"related_headers"`
	// RelatedMedia links legs that have no such header field by their session description, numbers and time.
	RelatedMedia bool `mapstructure:"related_media"`
	// RelatedWindow is how far apart legs begin that are linked by their media.
	RelatedWindow time.Duration `mapstructure:"related_window"`
	// RelatedWait is how long the record of a call waits for the end of what another call has to do with it.
	RelatedWait time.Duration `mapstructure:"related_wait"`

	// Peers are groups of addresses with a name, such as trunks and sites.
	Peers []stats.Peer `mapstructure:"peers"`

	// AllTransactions writes a record for every other request, not only for those that failed.
	AllTransactions bool `mapstructure:"all_transactions"`
	// MessageText keeps the text of MESSAGE requests in their records.
	MessageText bool `mapstructure:"message_text"`
}

// DefaultConfig returns the configuration in force without any other.
func DefaultConfig() Config {
	return Config{
		MaxCalls:             200_000,
		MaxRegistrations:     500_000,
		MaxSubscriptions:     500_000,
		MaxTransactions:      500_000,
		MaxResources:         500_000,
		MaxCallIDs:           8_000_000,
		MaxEvidence:          32 << 20,
		Budget:               Budget{Busy: 150 << 20, Waiting: 128 << 20},
		MaxRegistrationBytes: 50 << 20,
		T1:                   500 * time.Millisecond,
		TimerC:               4 * time.Hour,
		Reorder:              200 * time.Millisecond,
		Linger:               5 * time.Second,
		ChallengeWait:        time.Minute,
		CallMaxAge:           24 * time.Hour,
		SubscriptionMaxAge:   time.Hour,
		RegistrationWait:     2 * time.Hour,
		ChallengeWindow:      10 * time.Second,
		FlapChanges:          5,
		FlapWindow:           time.Minute,
		RelatedHeaders:       []string{"X-Call-ID", "X-CID", "X-Original-Call-ID", "X-Orig-Call-ID", "X-Related-Call-ID", "X-Other-Leg-Call-ID"},
		RelatedMedia:         true,
		RelatedWindow:        2 * time.Second,
		RelatedWait:          5 * time.Second,
	}
}

// Validate returns an error that names the first key with an impossible value and what was expected.
func (c Config) Validate() error {
	for _, limit := range []struct {
		key   string
		value int
	}{
		{"max_calls", c.MaxCalls},
		{"max_registrations", c.MaxRegistrations},
		{"max_subscriptions", c.MaxSubscriptions},
		{"max_transactions", c.MaxTransactions},
		{"max_resources", c.MaxResources},
		{"max_call_ids", c.MaxCallIDs},
	} {
		if limit.value < 1 {
			return fmt.Errorf("%s is %d, expected a number of entries of at least 1", limit.key, limit.value)
		}
	}
	if c.FlapChanges < 2 || c.FlapChanges > 64 {
		return fmt.Errorf("flap_changes is %d, expected a number of changes from 2 to 64", c.FlapChanges)
	}
	if c.MaxEvidence < 0 {
		return fmt.Errorf("max_evidence is %d, expected a number of bytes of at least 0", c.MaxEvidence)
	}
	for _, d := range []struct {
		key       string
		value     time.Duration
		low, high time.Duration
	}{
		{"t1", c.T1, 10 * time.Millisecond, 10 * time.Second},
		{"timer_c", c.TimerC, time.Second, 7 * 24 * time.Hour},
		{"reorder", c.Reorder, 0, 2 * time.Second},
		{"linger", c.Linger, 100 * time.Millisecond, time.Minute},
		{"call_max_age", c.CallMaxAge, time.Minute, 7 * 24 * time.Hour},
		{"subscription_max_age", c.SubscriptionMaxAge, time.Minute, 7 * 24 * time.Hour},
		{"registration_wait", c.RegistrationWait, 0, 7 * 24 * time.Hour},
		{"flap_window", c.FlapWindow, time.Second, 24 * time.Hour},
		{"challenge_wait", c.ChallengeWait, 100 * time.Millisecond, 10 * time.Minute},
		{"challenge_window", c.ChallengeWindow, 100 * time.Millisecond, c.ChallengeWait},
		{"related_window", c.RelatedWindow, 10 * time.Millisecond, time.Minute},
		{"related_wait", c.RelatedWait, 0, 10 * time.Minute},
	} {
		if d.value < d.low || d.value > d.high {
			return fmt.Errorf("%s is %v, expected a duration from %v to %v", d.key, d.value, d.low, d.high)
		}
	}
	if _, err := stats.NewPeers(c.Peers); err != nil {
		return err
	}
	if len(c.RelatedHeaders) > maxRelatedHeaders {
		return fmt.Errorf("related_headers has %d names, expected at most %d", len(c.RelatedHeaders), maxRelatedHeaders)
	}
	for _, name := range c.RelatedHeaders {
		if name == "" || strings.ContainsAny(name, " \t:") {
			return fmt.Errorf("related_headers has %q, expected the name of a header field", name)
		}
	}
	return nil
}

// Shard returns the configuration of one of n trackers: every limit divided by n, but at least 1.
func (c Config) Shard(n int) Config {
	for _, limit := range []*int{
		&c.MaxCalls, &c.MaxRegistrations, &c.MaxSubscriptions, &c.MaxTransactions, &c.MaxResources, &c.MaxCallIDs, &c.MaxEvidence,
		&c.Budget.Busy, &c.Budget.Waiting,
	} {
		*limit = max(1, *limit/n)
	}
	return c
}

// Wait is how long a failed request waits for the same sender to try again.
func (c *Config) Wait(status int) int64 {
	if value.IsChallenge(status) {
		return int64(c.ChallengeWait)
	}
	return int64(c.Linger)
}

// TimerB is how long an INVITE waits for any response, in nanoseconds (RFC 3261 section 17.1.1.2).
func (c *Config) TimerB() int64 { return int64(64 * c.T1) }

// TimerF is how long any other request waits for its final response, in nanoseconds (RFC 3261 section 17.1.2.2).
func (c *Config) TimerF() int64 { return int64(64 * c.T1) }

// TimerH is how long a server waits for the ACK to a final response, in nanoseconds (RFC 3261 section 17.2.1).
func (c *Config) TimerH() int64 { return int64(64 * c.T1) }
