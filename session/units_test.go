package session

import (
	"sort"
)

func sorted(list []string) []string {
	sort.Strings(list)
	return list
}
