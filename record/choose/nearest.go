package choose

// nearest returns the name that differs from a misspelt one in few letters, or "" where none does.
func nearest(wrong string, names []string) string {
	best, found := max(len(wrong)/3, 1)+1, ""
	for _, name := range names {
		if d := distance(wrong, name); d < best {
			best, found = d, name
		}
	}
	return found
}

// distance returns how many letters have to be put in, taken out or changed to make b of a.
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			d := corner
			if a[i] != b[j] {
				d = 1 + min(corner, row[j], row[j+1])
			}
			corner, row[j+1] = row[j+1], d
		}
	}
	return row[len(b)]
}
