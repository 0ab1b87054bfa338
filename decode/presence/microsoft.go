package presence

import (
	"strconv"
	"strings"
)

// availability bands of a state category, by their first value; what is below 4500 is available
var availabilities = [...]struct {
	first uint64
	basic Basic
	name  string
}{
	{18000, Closed, "offline"},
	{15000, Open, "away"},
	{12000, Open, "be-right-back"},
	{9000, Open, "do-not-disturb"},
	{7500, Open, "busy-idle"},
	{6000, Open, "busy"},
	{4500, Open, "available-idle"},
	{0, Open, "available"},
}

// readAvailability names the band that a number such as 3500 falls into.
func readAvailability(text string) (Basic, string) {
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return Unset, ""
	}
	for _, a := range availabilities {
		if n >= a.first {
			return a.basic, a.name
		}
	}
	return Unset, ""
}

// readCategories reads the categories of one presentity: its state, its note and whatever else is published.
func readCategories(root *element) Document {
	d := newDocument(Categories, root.attr("uri"))
	aggregate := false
	root.each("category", func(c *element) {
		s := State{ID: c.attr("name")}
		switch s.ID {
		case "state":
			state := c.child("state")
			basic, name := readAvailability(state.child("availability").content())
			s.Value = name
			// The aggregate is what people see; the states of machine, user and calendar go into it.
			if whole := state.attr("type") == "aggregateState"; whole || !aggregate {
				if whole && !aggregate {
					d.Basic = Unset
				}
				aggregate = aggregate || whole
				d.Basic = max(d.Basic, basic)
			}
			d.addActivity(state.child("activity").attr("token"))
			d.addActivity(state.child("activity", "custom").content())
			if name != "" && name != "available" && name != "offline" {
				d.addActivity(name)
			}
		case "note":
			d.addNote(c.child("note", "body").content())
		}
		d.addState(s)
	})
	return d
}

// readBatch reads a SUBSCRIBE for many resources and categories at once: a state for each resource.
func readBatch(root *element) Document {
	d := newDocument(BatchSubscription, root.attr("uri"))
	root.each("action", func(action *element) {
		var names []string
		action.child("categoryList").each("category", func(c *element) {
			if name := c.attr("name"); name != "" && len(names) < 32 {
				names = append(names, name)
			}
		})
		categories := strings.Join(names, ",")
		action.child("adhocList").each("resource", func(r *element) {
			d.addState(State{ID: action.attr("id"), Entity: r.attr("uri"), Value: action.attr("name"), Detail: categories})
		})
	})
	return d
}

// readPresentity reads the presence of Live Communications Server and Windows Messenger: two numbers, of which the
// availability tells whether somebody is there and the activity what he does.
func readPresentity(root *element) Document {
	d := newDocument(Presentity, root.attr("uri"))
	if a := root.child("availability"); a != nil {
		if n, err := strconv.ParseUint(a.attr("aggregate"), 10, 32); err == nil {
			d.Basic = Closed
			if n >= 200 {
				d.Basic = Open
			}
		}
		d.addNote(a.attr("description"))
	}
	if a := root.child("activity"); a != nil {
		d.addActivity(legacyActivity(a.attr("aggregate")))
		d.addNote(a.attr("note"))
	}
	root.child("devices").each("devicePresence", func(device *element) {
		d.addState(State{ID: device.attr("epid"), Value: device.child("availability").attr("description")})
	})
	return d
}

// legacyActivity names the band of an activity number; between 400 and 499 there is nothing to say.
func legacyActivity(aggregate string) string {
	n, err := strconv.ParseUint(aggregate, 10, 32)
	switch {
	case err != nil || n < 100:
		return ""
	case n < 150:
		return "away"
	case n < 200:
		return "out-to-lunch"
	case n < 300:
		return "idle"
	case n < 400:
		return "be-right-back"
	case n < 500:
		return ""
	case n < 600:
		return "on-the-phone"
	case n < 700:
		return "busy"
	}
	return ""
}
