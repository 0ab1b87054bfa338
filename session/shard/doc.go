// Package shard holds what the parts of one shard share: the configuration, the time, the counters, and the way out for
// records, facts and signals.
package shard
