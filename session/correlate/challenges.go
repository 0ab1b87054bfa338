package correlate

import "sipspan/session/link"

// openChallenge is a challenge that credentials under another Call-ID may still answer.
type openChallenge struct {
	link.Challenge
	callID string
	gone   bool // it was answered, or its window is over
}

// openChallenges holds challenges by what their answer may have in common with them: the nonce with the Call-ID, and the
// nonce with the two parties. Servers give one nonce to everybody who asks at a time, so the nonce alone tells too little.
// Every challenge leaves both lists in the order in which it came, so that a list costs no search.
type openChallenges struct {
	byCallID  map[[2]string][]*openChallenge
	byParties map[[3]string][]*openChallenge
}

func newOpenChallenges() openChallenges {
	return openChallenges{byCallID: make(map[[2]string][]*openChallenge), byParties: make(map[[3]string][]*openChallenge)}
}

func (c *openChallenge) callIDKey() [2]string  { return [2]string{c.Nonce, c.callID} }
func (c *openChallenge) partiesKey() [3]string { return [3]string{c.Nonce, c.From, c.To} }

// add enters a challenge to a call. Its owner forgets it when its window is over.
func (t *openChallenges) add(callID string, f link.Challenge) *openChallenge {
	c := &openChallenge{Challenge: f, callID: callID}
	t.byCallID[c.callIDKey()] = append(t.byCallID[c.callIDKey()], c)
	t.byParties[c.partiesKey()] = append(t.byParties[c.partiesKey()], c)
	return c
}

// answered returns the oldest challenge of the same call with the nonce of credentials, nil if there is none.
func (t *openChallenges) answered(callID string, f *link.Credentials) *openChallenge {
	return firstOpen(t.byCallID, [2]string{f.Nonce, callID})
}

// answeredElsewhere returns the oldest challenge between the same parties with the nonce of credentials, nil if there is
// none.
func (t *openChallenges) answeredElsewhere(f *link.Credentials) *openChallenge {
	return firstOpen(t.byParties, [3]string{f.Nonce, f.From, f.To})
}

// forget takes a challenge out. A second time changes nothing.
func (t *openChallenges) forget(c *openChallenge) {
	c.gone = true
	firstOpen(t.byCallID, c.callIDKey())
	firstOpen(t.byParties, c.partiesKey())
}

// firstOpen returns the first challenge of a list that is not gone, and drops those before it.
func firstOpen[K comparable](table map[K][]*openChallenge, key K) *openChallenge {
	list, known := table[key]
	for i, c := range list {
		if c.gone {
			continue
		}
		if i > 0 {
			table[key] = list[i:]
		}
		return c
	}
	if known {
		delete(table, key)
	}
	return nil
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
