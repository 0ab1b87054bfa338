package prometheus

import (
	"fmt"

	"sipspan/session/stats"
)

// setupMeanings says what each number of session requests is, by stats.SetupPart.
var setupMeanings = [stats.NumSetupParts]struct{ name, help string }{
	{"", "%s."},
	{"_redirected", "%s with a 3xx response."},
	{"_established", "%s with a 2xx response."},
	{"_effective", "%s with a 2xx, 480, 486, 600 or 603 response."},
	{"_ineffective", "%s with a 408, 500, 503 or 504 response."},
	{"_completed", "%s with a 2xx response and a BYE that was answered."},
	{"_unanswered", "%s that failed for want of a response: none in time, 408, 504, or a BYE without one."},
}

func setupFamilies(name, what string, labels ...string) (all [stats.NumSetupParts]*metric) {
	for i, s := range setupMeanings {
		name, help := name+s.name+"_total", fmt.Sprintf(s.help, what)
		if len(labels) > 0 {
			all[i] = openCounter(name, help, labels...)
			continue
		}
		m := counter(name, help)
		all[i] = &m
	}
	return all
}

// What the metrics of RFC 6076 are made of.
var (
	invites  = setupFamilies("rfc6076_invites", "RFC 6076, strictly: initial INVITE requests")
	sessions = setupFamilies("rfc6076_sessions", "RFC 6076, challenge retries merged: session requests")

	registers                = counter("rfc6076_registers_total", "RFC 6076, strictly: REGISTER requests.")
	registersIneffective     = counter("rfc6076_registers_ineffective_total", "RFC 6076, strictly: REGISTER requests with 4xx but 401, 402, 407, with 5xx, 6xx, or none in time.")
	attempts                 = counter("rfc6076_registrations_total", "RFC 6076, challenge retries merged: registration attempts.")
	attemptsIneffective      = counter("rfc6076_registrations_ineffective_total", "RFC 6076, challenge retries merged: registration attempts that ended with 4xx but 401, 402, 407, with 5xx, 6xx, or none in time.")
	registrationRequestDelay = distribution("rfc6076_rrd_seconds", "RFC 6076 registration request delay: first REGISTER of a successful attempt to its 2xx.")
	sessionRequestDelay      = distribution("rfc6076_srd_seconds", "RFC 6076 session request delay: first INVITE to the first response that tells a status, for each dialog.", "result")
	sessionDisconnectDelay   = distribution("rfc6076_sdd_seconds", "RFC 6076 session disconnect delay: BYE to its final response, without BYE requests that nobody answered.", "result")
	sessionDuration          = distribution("rfc6076_sdt_seconds", "RFC 6076 session duration time: 2xx to the BYE, or to the end of Timer F when nobody answered it.", "result")
)

// rfc6076 writes them.
func (o *output) rfc6076(m *stats.RFC6076) {
	for _, s := range []struct {
		families *[stats.NumSetupParts]*metric
		counts   *stats.Setups
	}{{&invites, &m.Invites}, {&sessions, &m.Sessions}} {
		for i, n := range s.counts.Parts() {
			o.count(*s.families[i], n)
		}
	}
	o.count(registers, m.Registers.Total)
	o.count(registersIneffective, m.Registers.Ineffective)
	o.count(attempts, m.Registrations.Total)
	o.count(attemptsIneffective, m.Registrations.Ineffective)
	o.histogram(registrationRequestDelay, &m.RRD)
	for r := range stats.Result(stats.NumResults) {
		o.histogram(sessionRequestDelay, &m.SRD[r], r.String())
		o.histogram(sessionDisconnectDelay, &m.SDD[r], r.String())
		o.histogram(sessionDuration, &m.SDT[r], r.String())
	}
}
