package limits

import (
	"runtime/debug"
	"testing"
)

func TestSharesLeaveRoom(t *testing.T) {
	c := DefaultConfig()
	sum := int64(0)
	for table := range Table(numTables) {
		if c.Share(table) <= 0 {
			t.Errorf("table %d has no share", table)
		}
		sum += c.Share(table)
	}
	if sum > c.Memory*17/20 {
		t.Errorf("the shares come to %d of %d bytes, and leave too little for the rest", sum, c.Memory)
	}
}

func TestApply(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	defer debug.SetMemoryLimit(before)
	t.Setenv(variable, "")
	c := Config{Memory: 300 << 20}
	c.Apply()
	want := c.Memory - c.Share(Waiting)/2
	if got := debug.SetMemoryLimit(-1); got != want {
		t.Errorf("the limit of the collector is %d, want %d", got, want)
	}
	t.Setenv(variable, "1GiB")
	Config{Memory: 200 << 20}.Apply()
	if got := debug.SetMemoryLimit(-1); got != want {
		t.Errorf("the limit of the collector is %d although the environment has set one", got)
	}
}

func TestValidate(t *testing.T) {
	if err := DefaultConfig().Validate(); err != nil {
		t.Error(err)
	}
	if err := (Config{Memory: 1 << 20}).Validate(); err == nil {
		t.Error("1 MiB is taken for enough")
	}
}

// TestBuffersAreTakenOff: what buffers take the tables do not have, but half of the memory is theirs.
func TestBuffersAreTakenOff(t *testing.T) {
	whole := Config{Memory: 1000 << 20}
	for buffers, want := range map[int64]int64{0: 1000, 200: 800, 5000: 500} {
		c := whole
		c.Buffers = buffers << 20
		if got, want := c.Share(Busy), (Config{Memory: want << 20}).Share(Busy); got != want {
			t.Errorf("%d MiB of buffers: a share of %d, want %d", buffers, got, want)
		}
	}
}
