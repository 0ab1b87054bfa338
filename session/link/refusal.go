package link

import "sipspan/decode/sip"

// Refusal is a request that a server in trouble refused: what identifies another one as the same, and when it was.
type Refusal struct {
	Same       uint64 // hash of method, sender's host, server, From and To
	Method     sip.Method
	Start, End int64
	Wait       int64 // that the response asks for, in nanoseconds; 0 if it does not
}
