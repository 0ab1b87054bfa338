package record

// AppendJSON implements Record.
func (r *Registration) AppendJSON(dst []byte) []byte {
	m := members{json: append(dst, '{')}
	r.Header.write(&m, KindRegistration)
	r.write(&m)
	return append(m.json, '}')
}

func (r *Registration) write(m *members) {
	m.text("aor", &r.AOR)
	m.texts("contacts", &r.Contacts)
	m.natural("expires_s", &r.Expires)
	m.outcome("outcome", &r.Outcome)
	m.code("status", &r.Status)
	m.text("reason", &r.Reason)
	m.elapsed("rrd_ms", &r.RRD)
	m.truth("challenged", &r.Challenged)
	m.text("user_agent", &r.UserAgent)
	m.text("src", &r.Src)
	m.text("dst", &r.Dst)
	m.cause(&r.Cause)
}

// outcome is how something ended, absent when that is unknown.
func (m *members) outcome(name string, o *Outcome) {
	if *o == OutcomeUnknown && m.form != fromJSON {
		var unknown string
		m.text(name, &unknown)
		return
	}
	named(m, name, o, outcomeNames[:])
}

// AppendJSON implements Record.
func (s *Subscription) AppendJSON(dst []byte) []byte {
	m := members{json: append(dst, '{')}
	s.Header.write(&m, KindSubscription)
	s.write(&m)
	return append(m.json, '}')
}

func (s *Subscription) write(m *members) {
	m.text("event", &s.Event)
	m.text("resource", &s.Resource)
	m.text("subscriber", &s.Subscriber)
	m.outcome("outcome", &s.Outcome)
	m.text("state", &s.State)
	m.number("state_changes", &s.StateChanges, s.StateChanges > 0)
	m.code("status", &s.Status)
	m.text("reason", &s.Reason)
	m.natural("expires_s", &s.Expires)
	m.count("refreshes", &s.Refreshes)
	m.count("notifies", &s.Notifies)
	m.number("notify_failures", &s.NotifyFailures, s.NotifyFailures > 0)
	m.mark("piggybacked", &s.Piggybacked)
	m.elapsed("first_notify_ms", &s.FirstNotify)
	m.text("terminated_reason", &s.TerminatedReason)
	m.truth("challenged", &s.Challenged)
	m.text("src", &s.Src)
	m.text("dst", &s.Dst)
	m.presence("presence", &s.Presence, true)
	m.number("changes_first_told", &s.PresenceChanges, s.PresenceChanges > 0)
	m.resources("resources", &s.Resources)
	m.dialogState("dialog", &s.Dialog)
	m.messagesWaiting("messages_waiting", &s.MessagesWaiting)
	m.bindings("registrations", &s.Bindings)
	m.watchers("watchers", &s.Watchers)
	m.conference("conference", &s.Conference)
	m.text("call_completion", &s.CallCompletion)
	m.code("refer_status", &s.ReferStatus)
	m.cause(&s.Cause)
}

// AppendJSON implements Record.
func (p *Publication) AppendJSON(dst []byte) []byte {
	m := members{json: append(dst, '{')}
	p.Header.write(&m, KindPublication)
	p.write(&m)
	return append(m.json, '}')
}

func (p *Publication) write(m *members) {
	m.text("event", &p.Event)
	m.text("aor", &p.AOR)
	m.outcome("outcome", &p.Outcome)
	m.text("if_match", &p.IfMatch)
	m.text("etag", &p.ETag)
	m.natural("expires_s", &p.Expires)
	m.code("status", &p.Status)
	m.text("reason", &p.Reason)
	m.truth("challenged", &p.Challenged)
	m.text("src", &p.Src)
	m.text("dst", &p.Dst)
	m.presence("presence", &p.Presence, false)
	m.cause(&p.Cause)
}
