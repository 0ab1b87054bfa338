package pipeline

import (
	"sipspan/session/correlate"
	"sipspan/session/shard"
)

// correlation returns what the configuration of the sessions says about joining them.
func correlation(c *shard.Config) correlate.Config {
	return correlate.Config{
		TopUserAgents:        c.TopUserAgents,
		TopDomains:           c.TopDomains,
		MaxRegistrations:     c.MaxRegistrations,
		MaxRegistrationBytes: c.MaxRegistrationBytes,
		MaxResources:         c.MaxResources,
		T1:                   c.T1,
		ChallengeWindow:      c.ChallengeWindow,
		RegistrationWait:     c.RegistrationWait,
		FlapChanges:          c.FlapChanges,
		FlapWindow:           c.FlapWindow,
		RelatedMedia:         c.RelatedMedia,
		RelatedWindow:        c.RelatedWindow,
		RelatedWait:          c.RelatedWait,
	}
}
