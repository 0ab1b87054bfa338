// Package alert watches over how often things happen and says when that is not as it should be: failures of a kind pile
// up, nobody answers, traffic stops, somebody tries passwords.
//
// The Engine is a state machine in packet time. It receives signals and records in the order of packet time, counts
// them in slices of a few seconds, and evaluates every rule at the end of each slice. Whether a rule holds is a question of
// statistics: a share has to be above its threshold and above its baseline, by more than chance explains. The baseline is
// learned from the hours before, and by the time of day once a few days were seen; nothing is learned while the rule
// holds. An alert is handed on once when it begins and once when it is over.
//
// The engine does no I/O, starts no goroutine and reads no clock: the same signals give the same alerts. Taking a signal
// costs a few look-ups and no memory. Every table is bounded. The exporters below exporters/notify
// deliver the alerts.
package alert
