// Package pcapfile reads saved captures in pure Go: pcap (microseconds and nanoseconds, both byte orders, the modified
// header with an interface number in every record) and pcapng (several sections and interfaces, enhanced, simple and old
// packet blocks, every timestamp resolution), each also within gzip or zstd. What a file is, its bytes say; its name does
// not matter. Standard input is "-". A text is read by package capture/tracelog.
//
// [Expand] turns what a person named (files, folders, globs) into paths and [Open] merges them by time into one source.
// Frames are slices of a block buffer: reading costs no system call, no allocation and no copy a packet. A file that is
// cut short, damaged or no capture at all never stops the others: what was whole is delivered and [Files.Errors] says
// where and why each ended early. No length field of a file is used before that many bytes have arrived, so a wrong length
// cannot make memory grow.
package pcapfile
