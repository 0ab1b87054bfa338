// Package prometheus shows the state of the program as metrics over HTTP. A scrape reads one snapshot of the counters
// and turns it into samples; nothing is counted twice and no path of a packet touches the metrics library.
package prometheus
