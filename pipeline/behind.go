package pipeline

import (
	"time"

	"sipspan/capture"
)

const (
	// behindBy is the lag of a reader from which on the workers leave something out, so that it gets more of the processors.
	behindBy = 2 * time.Second
	// notBehind is the lag below which they leave out less again.
	notBehind = time.Second
	// noLag is the lag from which on it is none: nothing waits so long in a ring, so the timestamps are not those of the wall clock.
	noLag = time.Minute
)

// pressure decides how much the workers are to leave out because a reader is behind: with each second in which the kernel has lost packets, or in
// which the reader was late, more, beginning with the second one in a row; with each other second less.
type pressure struct {
	lost   uint64 // by the kernel, at the last look
	felt   bool   // at the last look
	behind Shedding
}

// look takes what a source has counted and how far its reader is behind. It is called about once a second.
func (p *pressure) look(stats []capture.InterfaceStats, lag time.Duration) {
	var lost uint64
	for _, s := range stats {
		lost += s.KernelDropped
	}
	late := lag >= behindBy && lag < noLag
	before := p.felt
	p.felt = lost > p.lost || late
	switch {
	case p.felt && before:
		p.behind = min(p.behind+1, ShedCalls)
	case !p.felt && p.behind > ShedNothing && (lag < notBehind || lag >= noLag):
		p.behind--
	}
	p.lost = lost
}
