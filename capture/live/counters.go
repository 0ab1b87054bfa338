package live

import (
	"github.com/google/gopacket/pcap"

	"sipspan/capture"
)

// counters adds up libpcap's statistics, which are 32 bits wide and wrap, into counters that do not.
type counters struct {
	total capture.Stats
	last  pcap.Stats
}

// update takes in a reading. Two readings may lie less than 2^32 packets apart.
func (c *counters) update(now pcap.Stats) {
	c.total.Received += grown(c.last.PacketsReceived, now.PacketsReceived)
	c.total.KernelDropped += grown(c.last.PacketsDropped, now.PacketsDropped)
	c.total.InterfaceDropped += grown(c.last.PacketsIfDropped, now.PacketsIfDropped)
	c.last = now
}

// grown is how far a 32-bit counter went from one reading to the next.
func grown(before, now int) uint64 { return uint64(uint32(now) - uint32(before)) }
