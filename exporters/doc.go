// Package exporters delivers finished records: it runs every Exporter in a goroutine of its own with a bounded queue,
// so that no exporter can delay another one or the capture.
//
// A Queue either makes its caller wait for room (saved captures: nothing is lost) or drops what does not fit, the newest
// or the oldest, and counts it (live capture: the packets do not wait). When Options.Retry is set, it tries a record again whose
// error is a TemporaryError, and later records wait. An exporter that fails is called again for every later record; the queue
// logs the failure when it begins, once a minute while it lasts and when it is over, and counts every record that was lost.
// The exporters are the packages below this one.
package exporters
