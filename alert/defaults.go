package alert

import "time"

// typeDefaults says what a rule of a type does unless it says otherwise.
func typeDefaults(kind string) Rule {
	r := Rule{
		Type: kind, Enabled: new(true), Severity: Warning, ByPeer: new(true), Direction: To,
		Threshold: new(0.1), Factor: new(3.0), MinSamples: new(10),
		Window: new(time.Minute), For: new(10 * time.Second), ResolveAfter: new(2 * time.Minute), CoolDown: new(time.Minute),
	}
	switch kind {
	case StatusRatio:
		r.MinSamples = new(5)
	case NoResponse:
		r.For = new(time.Duration(0)) // its callers have waited for 32 seconds when the first one is reported
	case StatusCount:
		r.Threshold, r.MinSamples = new(10.0), new(0)
	case RegistrationStorm:
		r.Threshold, r.Factor, r.ByPeer, r.MinSamples = new(10.0), new(6.0), new(false), new(0)
	case RegistrationsLost:
		r.Threshold, r.ByPeer = new(0.05), new(false)
		r.Window, r.MinSamples = new(5*time.Minute), new(5)
	case AnswerRatio:
		r.Threshold, r.Factor, r.MinSamples = new(1.0), new(0.5), new(20)
		r.For = new(time.Minute)
	case SetupDelay:
		r.Threshold, r.Factor, r.MinSamples = new(2.0), new(2.5), new(15)
		r.For = new(20 * time.Second)
	case TrafficSilence:
		r.Threshold, r.Factor, r.MinSamples = new(0.1), new(0.0), new(0)
		r.Direction, r.Severity = Either, Critical
		r.ResolveAfter = new(time.Minute)
	case AuthFailures, Scanner:
		r.Threshold, r.Factor, r.MinSamples, r.ByPeer = new(30.0), new(0.0), new(0), new(false)
		r.Window, r.ResolveAfter, r.CoolDown = new(5*time.Minute), new(10*time.Minute), new(0*time.Second)
	case LinkDown:
		r.Threshold, r.MinSamples, r.Direction, r.Severity = new(5.0), new(0), Either, Critical
	case Flood:
		r.Threshold, r.Factor, r.ByPeer, r.MinSamples, r.Severity = new(20_000.0), new(5.0), new(false), new(0), Critical
		r.Window, r.For = new(10*time.Second), new(5*time.Second)
	case CaptureDrops:
		r.Threshold, r.Factor, r.MinSamples, r.ByPeer = new(0.001), new(0.0), new(1000), new(false)
	}
	return r
}

// Codes that say what a user did or chose, and no fault of anybody: challenges, nobody at the phone, busy, a call that
// the caller gave up, and two re-INVITEs at once.
var ordinary4xx = []string{"401", "407", "480", "486", "487", "491"}

// DefaultRules returns the rules that are there without any configuration, with everything said.
func DefaultRules() []Rule {
	all := []Rule{
		{Name: "invite-4xx", Type: StatusRatio, Methods: []string{"INVITE"}, Codes: []string{"4xx"}, Except: ordinary4xx, Threshold: new(0.2)},
		{Name: "invite-5xx", Type: StatusRatio, Methods: []string{"INVITE"}, Codes: []string{"5xx"}, Severity: Critical},
		{Name: "invite-6xx", Type: StatusRatio, Methods: []string{"INVITE"}, Codes: []string{"6xx"}, Except: []string{"600"}, Threshold: new(0.2)},
		{Name: "register-4xx", Type: StatusRatio, Methods: []string{"REGISTER"}, Codes: []string{"4xx", "6xx"}, Except: []string{"401", "407", "423"}, Threshold: new(0.2)},
		{Name: "register-5xx", Type: StatusRatio, Methods: []string{"REGISTER"}, Codes: []string{"5xx"}, Severity: Critical},
		{Name: "subscription-failures", Type: StatusRatio, Methods: []string{"SUBSCRIBE", "NOTIFY", "PUBLISH"}, Codes: []string{"4xx", "5xx", "6xx"},
			Except: []string{"401", "407", "412", "423", "481"}, Threshold: new(0.2)},
		{Name: "message-failures", Type: StatusRatio, Methods: []string{"MESSAGE"}, Codes: []string{"4xx", "5xx", "6xx"},
			Except: []string{"401", "407", "480"}, Threshold: new(0.2)},
		{Name: "other-5xx", Type: StatusRatio, Methods: []string{"OPTIONS", "BYE", "INFO", "UPDATE", "REFER", "PRACK", "SERVICE"},
			Codes: []string{"5xx"}, Threshold: new(0.2)},
		{Name: "invite-no-response", Type: NoResponse, Methods: []string{"INVITE"}, Severity: Critical},
		{Name: "no-response", Type: NoResponse, Threshold: new(0.3)},
		{Name: "registration-storm", Type: RegistrationStorm},
		{Name: "registrations-lost", Type: RegistrationsLost, Severity: Critical},
		{Name: "answer-ratio-drop", Type: AnswerRatio},
		{Name: "setup-delay", Type: SetupDelay},
		{Name: "traffic-silence", Type: TrafficSilence},
		{Name: "call-silence", Type: TrafficSilence, Methods: []string{"INVITE"}},
		{Name: "brute-force", Type: AuthFailures},
		{Name: "scanner", Type: Scanner},
		{Name: "link-down", Type: LinkDown},
		{Name: "flood", Type: Flood},
		{Name: "capture-drops", Type: CaptureDrops, Severity: Critical},
	}
	for i, r := range all {
		all[i] = r.over(typeDefaults(r.Type))
	}
	return all
}
