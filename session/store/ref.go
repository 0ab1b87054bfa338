package store

// Ref names a session of a shard: a busy one by the place that its owner has given it, or a waiting one by its place in
// Waiting and a generation. The zero Ref names nothing.
type Ref uint32

const (
	waitingBit      = 1 << 31
	generationShift = 24
	generations     = 1 << (31 - generationShift)
	placeMask       = 1<<generationShift - 1

	// MaxPlaces is how many sessions of one kind a shard can hold.
	MaxPlaces = placeMask
)

// Busy returns the Ref of a busy session, whose place is from 0 to MaxPlaces-1.
func Busy(place int) Ref { return Ref(place + 1) }

// Place returns the place of a busy session.
func (r Ref) Place() int { return int(r) - 1 }

// Waits reports whether the session is a waiting one.
func (r Ref) Waits() bool { return r&waitingBit != 0 }

func waiting(place uint32, generation uint8) Ref {
	return waitingBit | Ref(generation)<<generationShift | Ref(place)
}

func (r Ref) entry() uint32 { return uint32(r) & placeMask }

func (r Ref) generation() uint8 { return uint8(uint32(r) &^ waitingBit >> generationShift) }
