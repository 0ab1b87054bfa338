// Package exporters delivers finished records: it runs every Exporter in a goroutine of its own behind a bounded queue,
// so that no exporter can hold up another one or the capture.
//
// A Queue either makes its caller wait for room (saved captures: nothing is lost) or drops what does not fit, the newest
// or the oldest, and counts it (live capture: the packets do not wait). It tries a record again whose error is a
// TemporaryError, if it was told how often, in order: what comes behind waits. An exporter that fails is called again for every later record; the queue
// says so in the log when the trouble begins, once a minute while it lasts and when it is over, and counts every record
// that was lost. The exporters themselves live in the packages below this one.
package exporters
