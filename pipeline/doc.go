// Package pipeline carries packets from the sources to the records: it owns the goroutines, the batches and the order of
// packet time, and knows no protocol.
//
//	reader, one per source:  read → timeline → ingest → pick the shard → batch
//	worker w of N:           decode → session
//	merger, one:             order by packet time → correlate → sink
//
// All messages of one Call-ID reach one worker in capture order. Workers share nothing and take no lock, except the one
// of their own ring of recent messages, once a batch and only where Settings.Recent asks for it: the fourth place in which the
// bytes of a message are copied. With a source that is a file the records are the same, in the same order, for any number of
// workers.
package pipeline
