package timeline

import (
	"math"
	"slices"
	"testing"
	"time"
)

// play shows a timeline packets with stamps, and returns their times.
func play(t *line, stamps []int64, seen uint64) (times []int64) {
	var held []int64
	settle := func(o outlook) {
		for len(held) > 0 {
			v := t.judge(held, o, 0)
			if v == pending {
				break
			}
			if v == wild {
				t.approach(held)
			}
			at := t.accept(v, held[0], seen+uint64(len(times)))
			if t.unpublished {
				t.publish(at)
			}
			t.done()
			times = append(times, at)
			held = held[1:]
		}
		t.hold(len(held) > 0 || !t.started)
	}
	for _, s := range stamps {
		if t.close(s) {
			times = append(times, t.reach(s))
			if t.unpublished {
				t.publish(t.now)
			}
			continue
		}
		held = append(held, s)
		settle(moreToCome)
	}
	settle(noneAtAll)
	return times
}

// at returns stamps: seconds after a time in 2026.
func at(seconds ...float64) (stamps []int64) {
	for _, s := range seconds {
		stamps = append(stamps, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano()+int64(math.Round(s*1e9)))
	}
	return stamps
}

func TestTimeline(t *testing.T) {
	const h = 3600
	unreadable := func(stamps []int64, i int) []int64 { stamps[i] = math.MaxInt64; return stamps }
	for _, tt := range []struct {
		name   string
		stamps []int64
		passed float64 // seconds of time from the first to the last packet
		steps  Steps
	}{
		{"steady", at(0, 1, 2, 2, 11), 11, Steps{}},
		{"milliseconds out of step", at(0, 1, 0.98, 2, 1.5), 2, Steps{}},
		{"a pause", at(0, 60, 60.1, 61), 61, Steps{}},
		{"a night", at(0, 1, 9*h, 9*h+1, 9*h+2), 9*h + 2, Steps{}},
		{"a packet every minute", at(0, 60, 120, 180, 240, 300, 360, 420, 480, 540, 600), 600, Steps{}},
		{"one ahead", at(0, 8*h, 0.1, 0.2), 0.2, Steps{Wild: 1}},
		{"one ahead among packets with pauses", at(0, 30, 8*h, 60, 90, 120, 150, 180, 210, 240, 270), 240, Steps{Wild: 1, Forward: 1}},
		{"one behind", at(0, 1, -8*h, 1.1, 1.2), 1.2, Steps{Wild: 1}},
		{"several ahead", at(0, 8*h, 8*h+1, 8*h+2, 9*h, 0.1, 0.2), 0.2, Steps{Wild: 4}},
		{"several anywhere", at(0, 8*h, -h, 3*h, -8*h, 0.1, 0.2), 0.2, Steps{Wild: 4}},
		{"set back", at(0, 1, -299, -298, -297, -296, -290), 10, Steps{Back: 1}},
		{"set back at the end", at(0, 1, -299, -298), 2, Steps{Back: 1}},
		{"behind at the end", at(0, 1, -299), 1, Steps{Wild: 1}},
		{"a few behind that look like a step", at(0, 1, -h, -h+0.1, -h+0.2, -h+0.3, 1.1, 1.2), 1.4, Steps{Back: 1, Forward: 1}},
		{"first ahead", at(8*h, 0, 1, 2, 3, 4), 4, Steps{Back: 1}},
		{"first behind", at(-8*h, 0, 1, 2, 3, 4), 4, Steps{Forward: 1}},
		{"last ahead", at(0, 1, 2, 8*h), 2, Steps{Wild: 1}},
		{"set forward by years", at(0, 1, 2e9, 2e9+1, 2e9+2), 3, Steps{Forward: 1}},
		{"first unreadable", unreadable(at(0, 1, 2), 0), 1, Steps{Unreadable: 1}},
		{"one unreadable", unreadable(at(0, 1, 2), 1), 2, Steps{Unreadable: 1}},
		{"all unreadable", []int64{math.MaxInt64, math.MaxInt64, math.MinInt64}, 0, Steps{Unreadable: 3}},
		{"unreadable for long", append(slices.Repeat([]int64{math.MaxInt64}, 20), at(0, 1)...), 1.000000020, Steps{Unreadable: 20, Forward: 1}},
		{"from 0", []int64{0, 1e9, 2e9}, 2, Steps{}},
		{"before 1970", []int64{-5e9, 0, 1e9}, 6, Steps{}},
		{"in 2261", []int64{9.19e18, 9.19e18 + 1e9}, 1, Steps{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := line{epochs: new(Epochs)}
			times := play(&l, tt.stamps, 0)
			if len(times) != len(tt.stamps) {
				t.Fatalf("%d packets of %d came out", len(times), len(tt.stamps))
			}
			if passed := float64(l.now-times[0]) / 1e9; math.Abs(passed-tt.passed) > 1e-6 {
				t.Errorf("%v s passed, want %v", passed, tt.passed)
			}
			if l.steps != tt.steps {
				t.Errorf("steps %+v, want %+v", l.steps, tt.steps)
			}
			for i, at := range times {
				if at <= 0 || at > latest+pause {
					t.Errorf("packet %d has the time %d", i, at)
				}
				if l.blind {
					if l.epochs.Stamp(at) != 0 {
						t.Errorf("packet %d has a stamp", i)
					}
					continue
				}
				if stamp := l.epochs.Stamp(at); readable(tt.stamps[i]) && stamp != tt.stamps[i] && tt.stamps[i] != 0 {
					t.Errorf("packet %d: stamp %d, want %d", i, stamp, tt.stamps[i])
				}
			}
			for i, a := range times {
				for j, b := range times[:i] {
					if !l.epochs.Apart(a, b) && a-b != tt.stamps[i]-tt.stamps[j] {
						t.Errorf("packets %d and %d: %v apart, their stamps say %v", j, i, time.Duration(a-b), time.Duration(tt.stamps[i]-tt.stamps[j]))
					}
				}
			}
		})
	}
}

// Stamps without any order do not stop the time, and do not drive it to where a timer has no room.
func TestTimelineOfNoise(t *testing.T) {
	l := line{epochs: new(Epochs)}
	state := uint64(1)
	var stamps []int64
	for range 5000 {
		state = state*6364136223846793005 + 1442695040888963407
		stamps = append(stamps, int64(state))
	}
	times := play(&l, stamps, 0)
	if len(times) != len(stamps) {
		t.Errorf("%d packets of %d came out", len(times), len(stamps))
	}
	if l.now > latest+int64(len(stamps))*pause {
		t.Errorf("the time is %d", l.now)
	}
}

func TestTimelineSetByTheMachine(t *testing.T) {
	l := line{epochs: new(Epochs)}
	play(&l, at(0, 1), 0)
	before := l.now
	l.set(-300e9)
	times := play(&l, at(-298.5), 2)
	if passed := times[0] - before; passed < 499e6 || passed > 501e6 {
		t.Errorf("%v passed, want 500 ms", time.Duration(passed))
	}
	if !l.epochs.Apart(before, times[0]) || l.epochs.Stamp(times[0]) != at(-298.5)[0] {
		t.Error("the epochs do not tell of the step")
	}
	l.idle(at(-290)[0])
	if got := l.epochs.Stamp(l.now); got != at(-290)[0] {
		t.Errorf("idle until %d, want %d", got, at(-290)[0])
	}
}

func TestEpochsAreBounded(t *testing.T) {
	var e Epochs
	if e.Differs() || e.Stamp(5) != 5 || e.Apart(1, 2) {
		t.Error("without epochs times are stamps")
	}
	for i := range int64(maxEpochs + 10) {
		e.add(epoch{from: 10 * i, offset: i})
	}
	if n := len(e.all()); n != maxEpochs {
		t.Errorf("%d epochs are kept", n)
	}
	if e.Apart(11, 12) || !e.Apart(11, 21) {
		t.Error("times are apart when their offsets differ")
	}
	if last := int64(10 * (maxEpochs + 5)); !e.Apart(last, last+1) {
		t.Error("behind the last epoch nothing is known")
	}
}

// Readers of two interfaces may add epochs in any order.
func TestEpochsOfTwoReaders(t *testing.T) {
	var e Epochs
	for _, from := range []int64{10, 30, 20, 5} {
		e.add(epoch{from: from, offset: from})
	}
	var got []int64
	for _, x := range e.all() {
		got = append(got, x.from)
	}
	if want := []int64{5, 10, 20, 30}; !slices.Equal(got, want) {
		t.Errorf("epochs from %v, want %v", got, want)
	}
}

func BenchmarkTimelineClose(b *testing.B) {
	l := line{epochs: new(Epochs)}
	play(&l, at(0), 0)
	stamp := at(0)[0]
	for b.Loop() {
		stamp += 1000
		if l.close(stamp) {
			l.reach(stamp)
		}
	}
}
