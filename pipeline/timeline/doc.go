// Package timeline turns the timestamps of captured frames into packet time, which only advances.
//
// A timestamp and its time are the same until the clock of the capture is set or a frame has a timestamp that those around it
// contradict. Such frames are held, a few at most, until the frames that follow show which of the two it was; then packet time
// goes on, at an offset from the timestamps if need be. [Epochs] keeps the offsets, so that records show timestamps again and
// no duration is computed across a step of the clock. What is decided depends on the frames alone, not on when it is asked.
package timeline
