package correlate

import (
	"hash/maphash"

	"sipspan/session/link"
)

// openChallenge is a challenge that credentials under another Call-ID may still answer.
type openChallenge struct {
	link.Challenge
	callID string
	next   [2]*openChallenge // in the two lists that it is in
	hashes [2]uint64         // under which these are found
	gone   bool              // it was answered, or its window is over
}

// openChallenges holds challenges by what their answer may have in common with them: the nonce with the Call-ID, and the
// nonce with the two parties. Servers give one nonce to everybody who asks at a time, so the nonce alone tells too little.
// Every challenge leaves both lists in the order in which it came, so that a list costs no search.
type openChallenges struct {
	lists   [2]map[uint64]challengeList
	windows queue[*openChallenge]
}

// The lists of openChallenges.
const (
	byCallID = iota
	byParties
)

// challengeList holds the challenges with the same hash in the order in which they came.
type challengeList struct{ first, last *openChallenge }

func newOpenChallenges() openChallenges {
	return openChallenges{lists: [2]map[uint64]challengeList{make(map[uint64]challengeList), make(map[uint64]challengeList)}}
}

// challengeSeed is another one in every run, so that nobody can choose nonces that share a list.
var challengeSeed = maphash.MakeSeed()

// hashOfAnswer returns the hash of what an answer has in common with a challenge: the nonce, and one or two strings.
func hashOfAnswer(nonce, a, b string) uint64 {
	return link.Mix(link.Mix(maphash.String(challengeSeed, nonce), maphash.String(challengeSeed, a)), maphash.String(challengeSeed, b))
}

// add enters a challenge to a call until its window is over, which is not before those of the challenges that were entered
// earlier.
func (t *openChallenges) add(callID string, f link.Challenge, until int64) *openChallenge {
	c := &openChallenge{Challenge: f, callID: callID}
	c.hashes = [2]uint64{byCallID: hashOfAnswer(f.Nonce, callID, ""), byParties: hashOfAnswer(f.Nonce, f.From, f.To)}
	for i, table := range t.lists {
		list := table[c.hashes[i]]
		if list.last == nil {
			list.first = c
		} else {
			list.last.next[i] = c
		}
		list.last = c
		table[c.hashes[i]] = list
	}
	t.windows.push(c, until)
	return c
}

// expire forgets the challenges whose window ended before a time.
func (t *openChallenges) expire(at int64) {
	for c, ok := t.windows.before(at); ok; c, ok = t.windows.before(at) {
		if !c.gone {
			t.forget(c)
		}
	}
}

// answered returns the oldest challenge of the same call with the nonce of credentials, nil if there is none.
func (t *openChallenges) answered(callID string, f *link.Credentials) *openChallenge {
	for c := t.first(byCallID, hashOfAnswer(f.Nonce, callID, "")); c != nil; c = c.next[byCallID] {
		if !c.gone && c.Nonce == f.Nonce && c.callID == callID {
			return c
		}
	}
	return nil
}

// answeredElsewhere returns the oldest challenge between the same parties with the nonce of credentials, nil if there is
// none.
func (t *openChallenges) answeredElsewhere(f *link.Credentials) *openChallenge {
	for c := t.first(byParties, hashOfAnswer(f.Nonce, f.From, f.To)); c != nil; c = c.next[byParties] {
		if !c.gone && c.Nonce == f.Nonce && c.From == f.From && c.To == f.To {
			return c
		}
	}
	return nil
}

// forget takes a challenge out. A second time changes nothing.
func (t *openChallenges) forget(c *openChallenge) {
	c.gone = true
	for i, hash := range c.hashes {
		t.first(i, hash)
	}
}

// first returns the first challenge of a list that is not gone, and drops those before it.
func (t *openChallenges) first(i int, hash uint64) *openChallenge {
	list, known := t.lists[i][hash]
	if !known {
		return nil
	}
	head := list.first
	for head != nil && head.gone {
		head = head.next[i]
	}
	switch {
	case head == nil:
		delete(t.lists[i], hash)
	case head != list.first:
		list.first = head
		t.lists[i][hash] = list
	}
	return head
}

// maxPairs bounds the pairs of calls that are known and whose records are still to come.
const maxPairs = 1 << 16

// pairs maps Call-IDs, the oldest going when there are too many.
type pairs struct {
	byCallID map[string]pair
	order    []string
}

// pair is the other Call-ID of two.
type pair struct {
	callID string
	began  int64 // when the caller first tried there
}

func (p *pairs) add(from string, to pair) {
	if p.byCallID == nil {
		p.byCallID = make(map[string]pair)
	}
	if _, known := p.byCallID[from]; !known {
		if len(p.order) >= maxPairs {
			delete(p.byCallID, p.order[0])
			p.order = p.order[1:]
		}
		p.order = append(p.order, from)
	}
	p.byCallID[from] = to
}

func (p *pairs) take(from string) (to pair, ok bool) {
	if to, ok = p.byCallID[from]; ok {
		delete(p.byCallID, from)
	}
	if len(p.byCallID) == 0 {
		p.order = p.order[:0]
	}
	return to, ok
}
