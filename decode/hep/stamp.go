package hep

import "time"

// agentDelay is how long a message may have been on its way from the agent. Beyond that the clocks of the two differ, or the agent had to wait.
const agentDelay = int64(time.Second)

// StampAt returns the time of the message in a packet that arrived at a time, in Unix nanoseconds: the one that the agent names, as long as that
// can be right, not after the arrival and at most a second before, and otherwise the arrival. differs reports that the two times are so far apart
// that the clocks differ or the agent had to wait.
func (p *Packet) StampAt(arrived int64) (stamp int64, differs bool) {
	switch late := arrived - p.Time; {
	case p.Time == 0:
		return arrived, false
	case late < -agentDelay || late > agentDelay:
		return arrived, true
	case late < 0:
		return arrived, false
	}
	return p.Time, false
}
