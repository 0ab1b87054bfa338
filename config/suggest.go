package config

import (
	"maps"
	"slices"
)

// nearest returns the candidate that is most similar to the name, if one is similar enough to be meant.
func nearest[V any](name string, candidates map[string]V) (string, bool) {
	best, distance := "", max(2, len(name)/3)+1
	for _, c := range slices.Sorted(maps.Keys(candidates)) {
		if d := editDistance(name, c); d < distance {
			best, distance = c, d
		}
	}
	return best, best != ""
}

// editDistance counts the bytes to insert, delete or replace to make b of a.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
