package presence

import "strconv"

// readVersion fills in the version and whether the state is partial; partial is the value of the attribute that says so.
func (d *Document) readVersion(root *element, attribute, partial string) {
	if n, err := strconv.ParseUint(root.attr("version"), 10, 31); err == nil {
		d.Version = int(n)
	}
	d.Partial = root.attr(attribute) == partial
}

// readDialogInfo reads RFC 4235.
func readDialogInfo(root *element) Document {
	d := newDocument(DialogInfo, root.attr("entity"))
	d.readVersion(root, "state", "partial")
	root.each("dialog", func(e *element) {
		uri := e.child("remote", "identity").content()
		if uri == "" {
			uri = e.child("remote", "target").attr("uri")
		}
		d.addState(State{
			ID: e.attr("id"), Entity: uri, Value: e.child("state").content(), Detail: e.attr("direction"), CallID: e.attr("call-id"),
		})
	})
	return d
}

// readRegInfo reads RFC 3680. The entity is the first address-of-record; a registration without contacts gives a state of
// its own.
func readRegInfo(root *element) Document {
	d := newDocument(RegInfo, "")
	d.readVersion(root, "state", "partial")
	root.each("registration", func(e *element) {
		if d.Entity == "" {
			d.Entity = e.attr("aor")
		}
		contacts := 0
		e.each("contact", func(c *element) {
			contacts++
			d.addState(State{ID: c.attr("id"), Entity: c.child("uri").content(), Value: c.attr("state"), Detail: c.attr("event")})
		})
		if contacts == 0 {
			d.addState(State{ID: e.attr("id"), Value: e.attr("state")})
		}
	})
	return d
}

// readWatcherInfo reads RFC 3858.
func readWatcherInfo(root *element) Document {
	d := newDocument(WatcherInfo, "")
	d.readVersion(root, "state", "partial")
	root.each("watcher-list", func(list *element) {
		if d.Entity == "" {
			d.Entity = list.attr("resource")
		}
		list.each("watcher", func(w *element) {
			d.addState(State{ID: w.attr("id"), Entity: w.text, Value: w.attr("status"), Detail: w.attr("event")})
		})
	})
	return d
}

// readResourceList reads the meta-information of a resource list (RFC 4662 section 5). A resource without an instance,
// for which the server has nothing yet, gives a state without ID and value.
func readResourceList(root *element) Document {
	d := newDocument(ResourceList, root.attr("uri"))
	d.readVersion(root, "fullState", "false")
	root.each("resource", func(r *element) {
		instances := 0
		r.each("instance", func(i *element) {
			instances++
			d.addState(State{
				ID: i.attr("id"), Entity: r.attr("uri"), Value: i.attr("state"), Detail: i.attr("reason"), ContentID: i.attr("cid"),
			})
		})
		if instances == 0 {
			d.addState(State{Entity: r.attr("uri")})
		}
	})
	return d
}

// readComposing reads RFC 3994.
func readComposing(root *element) Document {
	d := newDocument(Composing, "")
	d.addState(State{Value: root.child("state").content()})
	return d
}

// readConference reads RFC 4575: a state for each user with the status of the endpoint that is most in the conference.
// Without endpoints a user is as good as connected, unless the element says that it was deleted.
func readConference(root *element) Document {
	d := newDocument(Conference, root.attr("entity"))
	d.readVersion(root, "state", "partial")
	users := root.child("users")
	if users.attr("state") == "partial" {
		d.Partial = true
	}
	users.each("user", func(u *element) {
		s := State{Entity: u.attr("entity"), Value: "connected"}
		if u.attr("state") == "deleted" {
			s.Value = "disconnected"
		}
		told := ""
		u.each("endpoint", func(e *element) {
			if status := e.child("status").content(); status != "" && told != "connected" {
				told = status
			}
		})
		if told != "" {
			s.Value = told
		}
		d.addState(s)
	})
	return d
}

// readAdhocList reads the resources that a SUBSCRIBE brings along (RFC 5367, RFC 4826 section 3).
func readAdhocList(root *element) Document {
	d := newDocument(AdhocList, "")
	var list func(e *element)
	list = func(e *element) {
		e.each("entry", func(entry *element) { d.addState(State{Entity: entry.attr("uri")}) })
		e.each("list", list)
	}
	root.each("list", list)
	return d
}
