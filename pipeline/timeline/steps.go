package timeline

import (
	"time"

	"sipspan/capture"
)

// Steps counts what the clock of a source did other than advance.
type Steps struct {
	Back       uint64 // it was set back
	Forward    uint64 // it was set forward
	Wild       uint64 // frames with a timestamp that those around it contradict
	Unreadable uint64 // frames with a timestamp outside the years 1896 to 2262
}

// Add adds other counts.
func (c *Steps) Add(o *Steps) {
	c.Back += o.Back
	c.Forward += o.Forward
	c.Wild += o.Wild
	c.Unreadable += o.Unreadable
}

// Each calls f for every count with its label value.
func (c *Steps) Each(f func(kind string, n uint64)) {
	f("back", c.Back)
	f("forward", c.Forward)
	f("unreadable", c.Unreadable)
	f("wild", c.Wild)
}

// Step describes one occasion that Steps counts.
type Step struct {
	Frame *capture.Frame // the first one of it, borrowed; nil when the wall clock of the machine was set
	Wild  bool           // only the timestamp of Frame is wrong
	By    time.Duration  // how far the wall clock was set, when Frame is nil
}
