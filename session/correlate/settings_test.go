package correlate

import "time"

// settings are the values that are in force without a configuration.
func settings() Config {
	return Config{
		MaxRegistrations: 500_000, MaxResources: 500_000, T1: 500 * time.Millisecond, ChallengeWindow: 10 * time.Second,
		RegistrationWait: 2 * time.Hour, FlapChanges: 5, FlapWindow: time.Minute, RelatedMedia: true, RelatedWindow: 2 * time.Second,
		RelatedWait: 5 * time.Second,
	}
}
