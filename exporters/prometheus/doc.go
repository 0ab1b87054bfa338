// Package prometheus shows the state of the program as metrics.
//
// A scrape takes one Snapshot of the counters and turns it into samples; nothing is counted twice, and no path of a
// packet touches the metrics library. Label values are closed sets or names from the configuration: never a Call-ID, a
// user or free text. Counters begin with the program and carry that time as their created timestamp; histograms have
// classic and native buckets at once.
package prometheus
