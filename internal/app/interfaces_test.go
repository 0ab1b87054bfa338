package app

import (
	"testing"

	"sipspan/capture/interfaces"
)

func TestSeeing(t *testing.T) {
	states := []interfaces.State{{Name: "eth1"}, {Name: "eth2"}, {Name: "eth3"}}
	if err := seeing(states); err != nil {
		t.Error(err)
	}
	if err := seeing(nil); err != nil {
		t.Errorf("without interfaces: %v", err)
	}
	states[0].Condition, states[2].Condition = interfaces.Gone, interfaces.Down
	const want = "2 of 3 interfaces cannot be seen: eth1 is gone, eth3 is down"
	if err := seeing(states); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}
