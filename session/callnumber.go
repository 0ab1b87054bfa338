package session

import "sipspan/internal/wire"

// nextNumber returns the number of a new session. No other session has it, in this run or taken up by it.
func (u *CallUsage) nextNumber() uint64 {
	u.lastNumber += wire.Shards
	return u.lastNumber
}

// skipNumber leaves out the numbers up to that of a session that was taken up.
func (u *CallUsage) skipNumber(number uint64) {
	if u.lastNumber < number {
		u.lastNumber += (number - u.lastNumber + wire.Shards - 1) / wire.Shards * wire.Shards
	}
}
