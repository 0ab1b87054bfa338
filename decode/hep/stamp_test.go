package hep

import (
	"testing"
	"time"
)

func TestStampAt(t *testing.T) {
	const second, agent = int64(time.Second), int64(1000 * time.Second)
	for _, test := range []struct {
		agent, arrived, stamp int64
		differs               bool
	}{
		{0, agent, agent, false},
		{agent, agent, agent, false},
		{agent, agent + second, agent, false},
		{agent, agent + second + 1, agent + second + 1, true},
		{agent, agent - second, agent - second, false},
		{agent, agent - second - 1, agent - second - 1, true},
	} {
		p := Packet{Time: test.agent}
		stamp, differs := p.StampAt(test.arrived)
		if stamp != test.stamp || differs != test.differs {
			t.Errorf("%d arrived at %d: %d, %t", test.agent, test.arrived, stamp, differs)
		}
		// Asked again with the result it decides the same, so that both the source and the pipeline may ask.
		if again, still := p.StampAt(stamp); again != stamp || still != differs {
			t.Errorf("%d arrived at %d: %d, %t and then %d, %t", test.agent, test.arrived, stamp, differs, again, still)
		}
	}
}
