// Package bpf runs classic BPF programs, as libpcap compiles them, over packets read from files.
//
// [Load] checks a program once, so that [Program.Match] needs no check and no allocation a packet. Match decides as the
// kernel and libpcap's bpf_filter do: a load outside the packet, or a division by zero, rejects it. The instruction set is
// that of McCanne and Jacobson, "The BSD Packet Filter" (USENIX 1993), with the modulus and xor operations libpcap added.
// Linux's extensions (loads from negative offsets) are not part of it: no packet of a file has that metadata.
package bpf
