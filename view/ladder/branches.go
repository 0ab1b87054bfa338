package ladder

import (
	"fmt"
	"slices"
	"strconv"

	"sipspan/view/plain"
)

// branches tells the devices apart that answer one INVITE: each has a To tag of its own (RFC 3261 section 12.1).
type branches map[string][]string // the To tags in the order of their first sight, by request

// requestKey names the request of a response, at whatever hop.
func (s *sight) requestKey() string {
	return s.CallID + "\n" + s.fromTag + "\n" + s.method + "\n" + strconv.FormatUint(uint64(s.cseq), 10)
}

func branchesOf(sights []*sight) branches {
	b := branches{}
	for _, s := range sights {
		if s.request || s.toTag == "" || s.status == 100 || s.method != "INVITE" {
			continue
		}
		if key := s.requestKey(); !slices.Contains(b[key], s.toTag) {
			b[key] = append(b[key], s.toTag)
		}
	}
	return b
}

// notes returns which device a response is of, when there are several.
func (b branches) notes(s *sight) []Note {
	tags := b[s.requestKey()]
	if s.request || len(tags) < 2 {
		return nil
	}
	i := slices.Index(tags, s.toTag)
	if i < 0 {
		return nil
	}
	text := fmt.Sprintf("fork %d of %d", i+1, len(tags))
	if s.maker != "" {
		text += ": " + s.maker
	}
	return []Note{{NoteBranch, plain.Clean(text, maxNote)}}
}
