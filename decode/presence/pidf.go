package presence

import "strings"

// newDocument begins a document; Version is not told until somebody tells it.
func newDocument(kind Kind, entity string) Document {
	return Document{Kind: kind, Entity: entity, Version: -1}
}

// addState keeps s unless there are too many.
func (d *Document) addState(s State) {
	if len(d.States) < MaxStates {
		d.States = append(d.States, s)
	}
}

// addActivity keeps an activity once.
func (d *Document) addActivity(name string) {
	if name == "" || len(d.Activities) >= 64 {
		return
	}
	for _, a := range d.Activities {
		if a == name {
			return
		}
	}
	d.Activities = append(d.Activities, name)
}

func (d *Document) addNote(note string) {
	if d.Note == "" {
		d.Note = note
	}
}

func parseBasic(s string) Basic {
	switch strings.ToLower(s) {
	case "open":
		return Open
	case "closed":
		return Closed
	}
	return Unset
}

// readPIDF reads RFC 3863 with the person and the activities of RFC 4480, in their place or, as in the drafts, inside the
// status of a tuple.
func readPIDF(root *element) Document {
	d := newDocument(PIDF, root.attr("entity"))
	for e := root.first; e != nil; e = e.next {
		switch e.name {
		case "tuple":
			status := e.child("status")
			basic := parseBasic(status.child("basic").content())
			d.Basic = max(d.Basic, basic)
			d.addState(State{ID: e.attr("id"), Entity: e.child("contact").content(), Value: basic.String()})
			d.addNote(e.child("note").content())
			d.readActivities(e)
			d.readActivities(status)
		case "person", "device":
			d.readActivities(e)
			d.addNote(e.child("note").content())
		case "note":
			d.addNote(e.text)
		}
	}
	return d
}

// readActivities reads <activities>: elements named for what somebody does, or <activity> with the name as its text.
func (d *Document) readActivities(in *element) {
	in.each("activities", func(e *element) {
		for a := e.first; a != nil; a = a.next {
			switch a.name {
			case "note":
				d.addNote(a.text)
			case "activity":
				d.addActivity(strings.ToLower(a.text))
			case "other":
				if a.text != "" {
					d.addActivity(a.text)
				} else {
					d.addActivity("other")
				}
			default:
				d.addActivity(a.name)
			}
		}
	})
	in.each("activity", func(e *element) { d.addActivity(strings.ToLower(e.text)) })
}

// readXPIDF reads the form before RFC 3863: atoms with addresses that are open, inuse, inactive or closed.
func readXPIDF(root *element) Document {
	entity, _, _ := strings.Cut(root.child("presentity").attr("uri"), ";method=")
	d := newDocument(XPIDF, entity)
	root.each("atom", func(atom *element) {
		atom.each("address", func(address *element) {
			value := strings.ToLower(address.child("status").attr("status"))
			switch value {
			case "open":
				d.Basic = Open
			case "inuse":
				d.Basic = Open
				d.addActivity("busy")
			case "closed", "inactive":
				d.Basic = max(d.Basic, Closed)
			}
			d.addActivity(strings.ToLower(address.child("msnsubstatus").attr("substatus")))
			d.addState(State{ID: atom.attr("id"), Entity: address.attr("uri"), Value: value})
			d.addNote(address.child("note").content())
		})
	})
	return d
}
