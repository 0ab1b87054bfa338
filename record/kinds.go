package record

import (
	"fmt"
	"slices"
)

// KindsNamed returns which kinds a list names, such as call and failure. An empty list names all. The error quotes a name that no kind has.
func KindsNamed(list []string) (named [NumKinds]bool, err error) {
	for k := range named {
		named[k] = len(list) == 0 || slices.Contains(list, kindNames[k])
	}
	for _, name := range list {
		if !slices.Contains(kindNames[:], name) {
			return named, fmt.Errorf("%q: expected some of %v", name, kindNames)
		}
	}
	return named, nil
}
