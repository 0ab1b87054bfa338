package session

// wait sets the deadline of a request.
func (r *request) wait(until int64) {
	r.deadline = until
	r.group.nextDeadline = min(r.group.nextDeadline, until)
}
