package record

// truthOf is a boolean of an object that may be missing.
func (m *members) truthOf(name string, v *bool, present bool) {
	switch {
	case m.form == fromJSON || present:
		m.truth(name, v)
	case m.form == toRow:
		m.row.add(name, "")
	}
}

// countsOf is named numbers, absent when there are none.
func (m *members) countsOf(name string, list *[]Count) {
	if m.form != toJSON || len(*list) > 0 {
		m.counts(name, list)
	}
}

// presence is the state of a presentity in one body, or with its changes over a subscription when followed is set.
func (m *members) presence(name string, p **Presence, followed bool) {
	v, present := object(m, name, p)
	if v == nil {
		return
	}
	m.text("entity", &v.Entity)
	m.text("basic", &v.Basic)
	m.texts("activities", &v.Activities)
	m.text("note", &v.Note)
	if followed {
		m.number("changes", &v.Changes, present)
		m.truthOf("flapping", &v.Flapping, present && (v.Flapping || m.form == toRow))
	}
	m.shut()
}

func (m *members) resources(name string, p **Resources) {
	v, present := object(m, name, p)
	if v == nil {
		return
	}
	m.number("requested", &v.Requested, v.Requested > 0)
	m.number("notified", &v.Notified, present)
	m.countsOf("states", &v.States)
	m.countsOf("basic", &v.Basic)
	m.number("changes", &v.Changes, present)
	m.number("flapping", &v.Flapping, v.Flapping > 0)
	m.shut()
}

func (m *members) dialogState(name string, p **DialogState) {
	v, present := object(m, name, p)
	if v == nil {
		return
	}
	m.text("state", &v.State)
	m.number("changes", &v.Changes, present)
	m.shut()
}

func (m *members) messagesWaiting(name string, p **MessagesWaiting) {
	v, present := object(m, name, p)
	if v == nil {
		return
	}
	m.truthOf("waiting", &v.Waiting, present)
	m.number("new", &v.New, present)
	m.number("old", &v.Old, present)
	m.number("changes", &v.Changes, present)
	m.shut()
}

func (m *members) bindings(name string, p **Bindings) {
	v, present := object(m, name, p)
	if v == nil {
		return
	}
	m.number("active", &v.Active, present)
	m.number("changes", &v.Changes, present)
	m.shut()
}

func (m *members) watchers(name string, p **Watchers) {
	v, present := object(m, name, p)
	if v == nil {
		return
	}
	m.number("active", &v.Active, present)
	m.number("pending", &v.Pending, present)
	m.number("changes", &v.Changes, present)
	m.shut()
}

func (m *members) conference(name string, p **Conference) {
	v, present := object(m, name, p)
	if v == nil {
		return
	}
	m.number("users", &v.Users, present)
	m.number("changes", &v.Changes, present)
	m.shut()
}
