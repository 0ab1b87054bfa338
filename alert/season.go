package alert

import "time"

// The day has slots of half an hour; work days and weekends are remembered apart.
const (
	slotLength = 30 * time.Minute
	daySlots   = int(24 * time.Hour / slotLength)
	slots      = 2 * daySlots
)

// slotOf returns the slot of a time in a time zone.
func slotOf(at int64, zone *time.Location) int {
	t := time.Unix(0, at).In(zone)
	slot := (t.Hour()*60 + t.Minute()) / int(slotLength/time.Minute)
	if day := t.Weekday(); day == time.Saturday || day == time.Sunday {
		slot += daySlots
	}
	return slot
}

// season remembers two numbers for each slot over the days.
type season struct {
	a, b [slots]float32
	days [slots]uint8
}

// enoughDays is how many days a slot was seen on before it counts.
const enoughDays = 2

// dayWeight is how much a new day counts against all before it.
func dayWeight(days uint8) float64 { return max(0.25, 1/float64(days+1)) }

func (s *season) known(slot int) bool { return s != nil && s.days[slot] >= enoughDays }

// seen notes that a slot had another day.
func (s *season) seen(slot int) {
	if s.days[slot] < 255 {
		s.days[slot]++
	}
}
