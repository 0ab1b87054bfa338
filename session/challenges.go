package session

// openChallenge is a challenge that credentials under another Call-ID may still answer.
type openChallenge struct {
	Announcement
	gone bool // it was answered, or its window is over
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

func callIDKey(a *Announcement) [2]string  { return [2]string{a.Nonce, a.CallID} }
func partiesKey(a *Announcement) [3]string { return [3]string{a.Nonce, a.From, a.To} }

// add enters a challenge. Its owner forgets it when its window is over.
func (t *openChallenges) add(a *Announcement) *openChallenge {
	c := &openChallenge{Announcement: *a}
	t.byCallID[callIDKey(a)] = append(t.byCallID[callIDKey(a)], c)
	t.byParties[partiesKey(a)] = append(t.byParties[partiesKey(a)], c)
	return c
}

// answered returns the oldest challenge of the same call with the nonce of credentials, nil if there is none.
func (t *openChallenges) answered(a *Announcement) *openChallenge {
	return firstOpen(t.byCallID, callIDKey(a))
}

// answeredElsewhere returns the oldest challenge between the same parties with the nonce of credentials, nil if there is
// none.
func (t *openChallenges) answeredElsewhere(a *Announcement) *openChallenge {
	return firstOpen(t.byParties, partiesKey(a))
}

// forget takes a challenge out. A second time changes nothing.
func (t *openChallenges) forget(c *openChallenge) {
	c.gone = true
	firstOpen(t.byCallID, callIDKey(&c.Announcement))
	firstOpen(t.byParties, partiesKey(&c.Announcement))
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
