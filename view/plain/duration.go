package plain

import (
	"fmt"
	"strconv"
)

// Duration writes milliseconds in the unit that people would use.
func Duration(ms float64) string {
	switch {
	case ms < 1:
		return strconv.FormatFloat(ms, 'f', 2, 64) + " ms"
	case ms < 1000:
		return strconv.FormatFloat(ms, 'f', 0, 64) + " ms"
	case ms < 60_000:
		return strconv.FormatFloat(ms/1000, 'f', 1, 64) + " s"
	case ms < 3600_000:
		return fmt.Sprintf("%d min %d s", int(ms/60_000), int(ms/1000)%60)
	}
	return fmt.Sprintf("%d h %d min", int(ms/3600_000), int(ms/60_000)%60)
}
