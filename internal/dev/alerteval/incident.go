package alerteval

import (
	"slices"
	"time"
)

// Incident is something that goes wrong, with what must be said of it.
type Incident struct {
	Name    string
	For     time.Duration
	Night   bool          // when it happens; else in the busy hours
	Within  time.Duration // after this it counts as missed
	Sudden  bool          // the goal of a minute applies, where there are calls enough
	Peer    string        // the alert must name it
	Detects []string      // rules, or types of them, that see what it is
	Also    []string      // and that may see what follows from it
	Learned bool          // it can be told only from what was usual before
	Most    int           // alerts of one rule, each time; 0: 2
	Fault   Fault
}

// Types and names of rules, as the alert engine has them.
const (
	invite5xx      = "invite-5xx"
	invite4xx      = "invite-4xx"
	register5xx    = "register-5xx"
	register4xx    = "register-4xx"
	other5xx       = "other-5xx"
	subscription   = "subscription-failures"
	noResponse     = "no_response"
	answerRatio    = "answer_ratio"
	setupDelay     = "setup_delay"
	trafficSilence = "traffic_silence"
	storm          = "registration_storm"
	lost           = "registrations_lost"
	scanner        = "scanner"
	authFailures   = "auth_failures"
	linkDown       = "link_down"
)

var (
	// calls may see anything that hits calls.
	calls = []string{invite5xx, invite4xx, noResponse, answerRatio, setupDelay, trafficSilence}
	// registering may see anything that hits phones.
	registering = []string{register5xx, subscription, other5xx, noResponse, storm, lost, trafficSilence}
	// trying may see what a stranger tries.
	trying = []string{scanner, authFailures, invite4xx, register4xx, noResponse, answerRatio}
)

// Incidents returns what is planted at a site.
func Incidents(s *Site) []Incident {
	first, last := s.Trunks[0].Peer, s.Trunks[len(s.Trunks)-1].Peer
	pace := time.Duration(1) // a place with few calls needs more time to see anything of them
	few := s.Hours == [2]int{}
	left := 0.3 // of the answered calls
	if few {
		pace, left = 8, 0.1
	}
	all := []Incident{
		{
			Name: "outage-503", For: 20 * time.Minute * pace / min(pace, 4), Within: 2 * time.Minute * pace, Sudden: true,
			Detects: []string{invite5xx, answerRatio}, Also: calls, Fault: Fault{Refuse: 503},
		},
		{
			Name: "outage-mute", For: 20 * time.Minute, Within: 2 * time.Minute * pace, Sudden: true,
			Detects: []string{noResponse, answerRatio}, Also: calls, Fault: Fault{Mute: true},
		},
		{
			Name: "proxy-dead", For: 20 * time.Minute, Within: 2 * time.Minute * pace, Sudden: true,
			Detects: []string{noResponse, trafficSilence}, Also: slices.Concat(registering, calls), Fault: Fault{Dead: true},
		},
		{
			Name: "answers-drop", For: time.Hour * min(pace, 3), Within: 20 * time.Minute * pace,
			Detects: []string{answerRatio}, Also: calls, Learned: true, Fault: Fault{Answers: left},
		},
		{
			Name: "setup-delay", For: time.Hour * min(pace, 3), Within: 20 * time.Minute * pace,
			Detects: []string{setupDelay}, Also: calls, Learned: true, Fault: Fault{Setup: 4},
		},
		{
			Name: "link-dark", For: 25 * time.Minute, Within: 10 * time.Minute,
			Detects: []string{trafficSilence}, Also: slices.Concat(registering, calls), Fault: Fault{Dark: true},
		},
		{
			Name: "scanner-fast", For: 10 * time.Minute, Night: true, Within: 2 * time.Minute,
			Detects: []string{scanner}, Also: trying,
			Fault: Fault{Scan: &Scan{Method: "INVITE", Every: 50 * time.Millisecond, Names: 5000, Refuse: 1, Status: 404}},
		},
		{
			Name: "scanner-slow", For: 4 * time.Hour, Night: true, Within: 2 * time.Hour,
			Detects: []string{scanner}, Also: trying,
			Fault: Fault{Scan: &Scan{Method: "INVITE", Every: 20 * time.Second, Names: 5000, Refuse: 1, Status: 403}},
		},
		{
			Name: "scanner-hosts", For: 10 * time.Minute, Night: true, Within: 2 * time.Minute,
			Detects: []string{scanner, noResponse}, Also: trying,
			Fault: Fault{Scan: &Scan{Method: "OPTIONS", Every: 100 * time.Millisecond, Names: 1, Hosts: 250}},
		},
		{
			Name: "tcp-down", For: 15 * time.Minute, Night: true, Within: 3 * time.Minute, Peer: first,
			Detects: []string{linkDown}, Fault: Fault{Trunk: first, Refused: 10 * time.Second},
		},
	}
	if pace == 1 {
		all = append(all, Incident{
			Name: "slow-rise", For: 2 * time.Hour, Within: 2 * time.Hour,
			Detects: []string{invite5xx}, Also: calls, Fault: Fault{Refuse: 500, Share: [2]float64{0.01, 0.2}},
		})
	}
	if len(s.Trunks) > 1 {
		all = append(all, severalTrunks(first, last)...)
	}
	if s.Phones > 0 {
		all = append(all, phones(pace)...)
	}
	for i := range all {
		if in := &all[i]; few && (in.Sudden || in.Learned) {
			in.Within = in.For // where a call comes every two minutes it is found while it lasts
		}
	}
	return all
}

// severalTrunks is what happens to one of several, where others take over.
func severalTrunks(first, last string) []Incident {
	return []Incident{
		{
			Name: "trunk-503", For: 30 * time.Minute, Within: 3 * time.Minute, Peer: first,
			Detects: []string{invite5xx, answerRatio}, Also: calls, Fault: Fault{Trunk: first, Refuse: 503},
		},
		{
			Name: "trunk-503-small", For: 30 * time.Minute, Within: 15 * time.Minute, Peer: last,
			Detects: []string{invite5xx, answerRatio}, Also: calls, Fault: Fault{Trunk: last, Refuse: 503},
		},
		{
			Name: "trunk-503-30%", For: time.Hour, Within: 15 * time.Minute, Peer: first,
			Detects: []string{invite5xx, answerRatio}, Also: calls, Fault: Fault{Trunk: first, Refuse: 503, Share: [2]float64{0.3, 0.3}},
		},
		{
			Name: "trunk-mute", For: 30 * time.Minute, Within: 3 * time.Minute, Peer: first,
			Detects: []string{noResponse, answerRatio}, Also: calls, Fault: Fault{Trunk: first, Mute: true},
		},
		{
			Name: "trunk-dark", For: 30 * time.Minute, Within: 15 * time.Minute, Peer: first,
			Detects: []string{trafficSilence}, Also: calls, Fault: Fault{Trunk: first, Dark: true},
		},
		{
			Name: "trunk-flapping", For: time.Hour, Within: 10 * time.Minute, Peer: first, Most: 3,
			Detects: []string{invite5xx, answerRatio}, Also: calls,
			Fault: Fault{Trunk: first, Refuse: 503, Down: 2 * time.Minute, Up: 5 * time.Minute},
		},
	}
}

// phones is what happens to those who register and subscribe.
func phones(pace time.Duration) []Incident {
	return []Incident{
		{
			Name: "registrar-500", For: 30 * time.Minute, Within: 3 * time.Minute * pace,
			Detects: []string{register5xx}, Also: registering, Fault: Fault{Register: 500},
		},
		{
			Name: "registrations-lost", For: 2 * time.Hour, Within: 75 * time.Minute,
			Detects: []string{lost, noResponse}, Also: slices.Concat(registering, calls), Fault: Fault{Lost: 0.5},
		},
		{
			Name: "power-cut", For: 20 * time.Minute, Within: 15 * time.Minute,
			Detects: []string{storm, lost, noResponse}, Also: slices.Concat(registering, calls), Fault: Fault{Lost: 1, Back: 8 * time.Minute},
		},
		{
			Name: "subscriptions-refused", For: 45 * time.Minute, Within: 10 * time.Minute * min(pace, 3),
			Detects: []string{subscription}, Also: registering, Fault: Fault{Subscribe: 503},
		},
		{
			Name: "brute-force", For: 10 * time.Minute, Night: true, Within: 2 * time.Minute,
			Detects: []string{authFailures}, Also: slices.Concat(trying, []string{storm}),
			Fault: Fault{Scan: &Scan{Method: "REGISTER", Every: 200 * time.Millisecond, Names: 1, Refuse: 1, Status: 401}},
		},
		{
			Name: "scanner-register", For: 10 * time.Minute, Night: true, Within: 2 * time.Minute,
			Detects: []string{scanner, authFailures}, Also: slices.Concat(trying, []string{storm}),
			Fault: Fault{Scan: &Scan{Method: "REGISTER", Every: 100 * time.Millisecond, Names: 800, Refuse: 1, Status: 401}},
		},
	}
}
