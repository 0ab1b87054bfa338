package record

import "strconv"

// An object that may be missing is described by a zero one then: in a row its cells are there and empty.

// truthOf writes a boolean of an object that may be missing.
func (m *members) truthOf(name string, v, present bool) {
	switch {
	case m.row != nil && present:
		m.row.add(name, strconv.FormatBool(v))
	case m.row != nil:
		m.row.add(name, "")
	case present:
		m.truth(name, v)
	}
}

// countsOf writes named numbers unless there are none.
func (m *members) countsOf(name string, list []Count) {
	if m.row != nil || len(list) > 0 {
		m.counts(name, list)
	}
}

// presence writes what was said of a presentity once, or over the time that it was followed.
func (m *members) presence(name string, p *Presence, followed bool) {
	present := p != nil
	if !present {
		p = &Presence{}
	}
	m.open(name, present)
	m.text("entity", p.Entity)
	m.text("basic", p.Basic)
	m.texts("activities", p.Activities)
	m.text("note", p.Note)
	if followed {
		m.number("changes", p.Changes, present)
		m.truthOf("flapping", p.Flapping, present && (p.Flapping || m.row != nil))
	}
	m.shut(present)
}

func (m *members) resources(name string, r *Resources) {
	present := r != nil
	if !present {
		r = &Resources{}
	}
	m.open(name, present)
	m.number("requested", r.Requested, r.Requested > 0)
	m.number("notified", r.Notified, present)
	m.countsOf("states", r.States)
	m.countsOf("basic", r.Basic)
	m.number("changes", r.Changes, present)
	m.number("flapping", r.Flapping, r.Flapping > 0)
	m.shut(present)
}

func (m *members) dialogState(name string, d *DialogState) {
	present := d != nil
	if !present {
		d = &DialogState{}
	}
	m.open(name, present)
	m.text("state", d.State)
	m.number("changes", d.Changes, present)
	m.shut(present)
}

func (m *members) messagesWaiting(name string, w *MessagesWaiting) {
	present := w != nil
	if !present {
		w = &MessagesWaiting{}
	}
	m.open(name, present)
	m.truthOf("waiting", w.Waiting, present)
	m.number("new", w.New, present)
	m.number("old", w.Old, present)
	m.number("changes", w.Changes, present)
	m.shut(present)
}

func (m *members) bindings(name string, b *Bindings) {
	present := b != nil
	if !present {
		b = &Bindings{}
	}
	m.open(name, present)
	m.number("active", b.Active, present)
	m.number("changes", b.Changes, present)
	m.shut(present)
}

func (m *members) watchers(name string, w *Watchers) {
	present := w != nil
	if !present {
		w = &Watchers{}
	}
	m.open(name, present)
	m.number("active", w.Active, present)
	m.number("pending", w.Pending, present)
	m.number("changes", w.Changes, present)
	m.shut(present)
}

func (m *members) conference(name string, c *Conference) {
	present := c != nil
	if !present {
		c = &Conference{}
	}
	m.open(name, present)
	m.number("users", c.Users, present)
	m.number("changes", c.Changes, present)
	m.shut(present)
}
