package files

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// mostFloor is the most that stays free when the configuration does not say how much.
const mostFloor = 256 << 20

// Space is the room in the file system of a folder, in bytes.
type Space struct {
	Free  int64 // for those who are not root
	Floor int64 // what is to stay free
}

// SpaceIn returns the room where the folder of c is. The floor is MinFree or, without that, a hundredth of the file system, at most 256 MiB.
func SpaceIn(c Config) (Space, error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(c.Directory, &fs); err != nil {
		return Space{}, fmt.Errorf("asking for the free space of %s: %w", c.Directory, err)
	}
	block := int64(fs.Bsize) //nolint:unconvert // it is 32 bits wide on some systems
	s := Space{Free: int64(fs.Bavail) * block, Floor: c.MinFree}
	if s.Floor == 0 {
		s.Floor = min(int64(fs.Blocks)*block/100, mostFloor)
	}
	return s, nil
}

// Short reports whether less than the floor is free. Once it was, an eighth more than the floor has to be, so that it does not change
// with each file.
func (s Space) Short(before bool) bool {
	if before {
		return s.Free < s.Floor+s.Floor/8
	}
	return s.Free < s.Floor
}
