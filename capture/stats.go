package capture

// Stats counts the packets of one interface. The counters only grow.
type Stats struct {
	Received         uint64 // live: frames that passed the kernel's filter, KernelDropped included; file: packets read, Filtered included
	Reordered        uint64 // file: packets that came after one with a later time, up to a few seconds; live: always 0
	Filtered         uint64 // file: packets the filter left out; live: always 0, the kernel does not count them
	KernelDropped    uint64 // frames the kernel dropped because nobody fetched them in time
	InterfaceDropped uint64 // frames the interface or its driver dropped
}

// InterfaceStats is the Stats of the interface called Name. A file without an interface name goes by its path.
type InterfaceStats struct {
	Name string
	Stats
}
