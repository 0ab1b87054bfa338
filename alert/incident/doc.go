// Package incident puts together the rules that hold because of one fault, so that one fault is one alert. A rule that begins to
// hold is a Symptom. Symptoms belong together when the same element generated the failures that they count, or when they began at
// about the same time at peers that the same calls passed. The most severe symptom leads: its numbers and its rule are those of the
// alert, and the others are listed in it.
//
// The package does no I/O and reads no clock: the same symptoms give the same alerts.
package incident
