package alert

import (
	"slices"
	"time"
)

// The types of rule: what a rule looks at.
const (
	StatusRatio       = "status_ratio"       // the share of requests that were answered with one of the codes
	StatusCount       = "status_count"       // how many requests were answered with one of the codes
	NoResponse        = "no_response"        // the share of requests that nobody answered
	RegistrationStorm = "registration_storm" // how many registrations are asked for
	RegistrationsLost = "registrations_lost" // the share of bindings that ran out
	AnswerRatio       = "answer_ratio"       // the share of calls that were answered
	SetupDelay        = "setup_delay"        // how long callers typically wait for the first sign
	TrafficSilence    = "traffic_silence"    // how much of the expected traffic there is
	AuthFailures      = "auth_failures"      // failed logins from one address
	Scanner           = "scanner"            // users that one address asks for in vain
	LinkDown          = "link_down"          // connections and datagrams that the network could not deliver
	Flood             = "flood"              // how many requests come
	CaptureDrops      = "capture_drops"      // the share of packets that the capture lost
)

// Types lists the types of rule.
func Types() []string {
	return []string{
		StatusRatio, StatusCount, NoResponse, RegistrationStorm, RegistrationsLost, AnswerRatio, SetupDelay, TrafficSilence,
		AuthFailures, Scanner, LinkDown, Flood, CaptureDrops,
	}
}

// The severities.
const (
	Warning  = "warning"
	Critical = "critical"
)

// The directions of what is counted for a peer.
const (
	To     = "outbound" // requests that went to the peer
	From   = "inbound"  // requests that came from it
	Either = "either"   // both
)

// directionNames are what the directions were called before, which a configuration may still say.
var directionNames = map[string]string{"to": To, "from": From}

// Rule is one rule of the configuration. What is nil or empty is not said: the default rule of that name, or the default
// of the type, says it.
type Rule struct {
	Name     string `mapstructure:"name"`
	Type     string `mapstructure:"type"`
	Enabled  *bool  `mapstructure:"enabled"`
	Severity string `mapstructure:"severity"`

	Methods   []string `mapstructure:"methods"`   // only these requests
	Codes     []string `mapstructure:"codes"`     // what counts as bad: 503, 5xx, 500-504
	Except    []string `mapstructure:"except"`    // and what does not
	Cause     string   `mapstructure:"cause"`     // only failures with this cause: a source, or a source and a code
	Event     string   `mapstructure:"event"`     // only this event package
	Peer      string   `mapstructure:"peer"`      // only this peer
	ByPeer    *bool    `mapstructure:"by_peer"`   // every peer by itself as well
	Direction string   `mapstructure:"direction"` // of what is counted for a peer

	Threshold  *float64 `mapstructure:"threshold"`
	Factor     *float64 `mapstructure:"factor"` // against the baseline; 0: the baseline does not matter
	MinSamples *int     `mapstructure:"min_samples"`

	Window       *time.Duration `mapstructure:"window"`
	For          *time.Duration `mapstructure:"for"`
	ResolveAfter *time.Duration `mapstructure:"resolve_after"`
	CoolDown     *time.Duration `mapstructure:"cool_down"`
}

// over returns the rule with what it does not say taken from another.
func (r Rule) over(below Rule) Rule {
	text := func(v *string, otherwise string) {
		if *v == "" {
			*v = otherwise
		}
	}
	text(&r.Type, below.Type)
	text(&r.Severity, below.Severity)
	text(&r.Cause, below.Cause)
	text(&r.Event, below.Event)
	text(&r.Peer, below.Peer)
	text(&r.Direction, below.Direction)
	if name, old := directionNames[r.Direction]; old {
		r.Direction = name
	}
	for _, list := range []struct{ v, otherwise *[]string }{
		{&r.Methods, &below.Methods}, {&r.Codes, &below.Codes}, {&r.Except, &below.Except},
	} {
		if *list.v == nil {
			*list.v = slices.Clone(*list.otherwise)
		}
	}
	unsaid(&r.Enabled, below.Enabled)
	unsaid(&r.ByPeer, below.ByPeer)
	unsaid(&r.Threshold, below.Threshold)
	unsaid(&r.Factor, below.Factor)
	unsaid(&r.MinSamples, below.MinSamples)
	unsaid(&r.Window, below.Window)
	unsaid(&r.For, below.For)
	unsaid(&r.ResolveAfter, below.ResolveAfter)
	unsaid(&r.CoolDown, below.CoolDown)
	return r
}

// unsaid gives a setting that is not there the value of another.
func unsaid[T any](v **T, otherwise *T) {
	if *v == nil && otherwise != nil {
		*v = new(*otherwise)
	}
}

// Complete returns all rules: the default ones, each changed by the given one of its name, and then the others. Rules
// with everything said stay as they are.
func Complete(given []Rule) []Rule {
	byName := map[string]Rule{}
	for _, r := range given {
		byName[r.Name] = r
	}
	var all []Rule
	for _, r := range DefaultRules() {
		if change, ok := byName[r.Name]; ok && (change.Type == "" || change.Type == r.Type) {
			r = change.over(r)
			delete(byName, r.Name)
		} else if ok {
			continue // a rule of another type takes its name
		}
		all = append(all, r)
	}
	for _, r := range given {
		if _, left := byName[r.Name]; left {
			all = append(all, r.over(typeDefaults(r.Type)))
		}
	}
	return all
}
