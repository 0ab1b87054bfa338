// Package stats counts what was seen and how it ended: messages by method and status, records by outcome, delays,
// causes, peers, and the metrics of RFC 6076.
//
// A tracker of package session and the correlator have a [Counters] each, and every one of them belongs to one goroutine.
// A scrape takes a [Counters.Copy] from each owner and adds the copies up with [Counters.Add], so nothing here takes a
// lock. Labels are closed sets, or they have a limit after which all new ones share one label set: no input makes the
// counters grow without end.
package stats
