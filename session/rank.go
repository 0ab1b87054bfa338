package session

import "sipspan/decode/sip"

// Rank says how much is lost with a message of a Call-ID that is not followed yet: the higher, the more.
type Rank uint8

// The ranks.
const (
	NoSession  Rank = iota // it begins nothing that lasts: OPTIONS and what nobody knows, and what has no Call-ID
	NewSession             // it may begin a registration, a publication, a subscription or a message
	NewCall                // it may begin a call, or belong to one whose beginning was not captured
	NumRanks   = int(iota)
)

// RankOf returns the rank of a request of a method, and of the responses to it.
func RankOf(m sip.Method) Rank {
	switch m {
	case sip.INVITE, sip.ACK, sip.BYE, sip.CANCEL, sip.PRACK, sip.UPDATE, sip.INFO:
		return NewCall
	case sip.REGISTER, sip.PUBLISH, sip.SUBSCRIBE, sip.NOTIFY, sip.BENOTIFY, sip.REFER, sip.MESSAGE:
		return NewSession
	}
	return NoSession
}
