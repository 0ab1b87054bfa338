package correlate

import (
	"sipspan/record"
	"sipspan/session/link"
)

// Who puts somebody on hold may have music played to him by a server (RFC 7088): the holder calls the server and passes
// the session descriptions on, so that the server sends to who is held. That is no consultation.

// plays reports whether a call brings music to one that is on hold: its media are wanted where who is held has asked for
// them, or come from where the holder says that they do; or who was called is a server without a user.
func plays(held, l *leg) bool {
	if l.music {
		return true
	}
	for i := range held.deals.holds {
		h := &held.deals.holds[i]
		if h.by.AOR == l.From.AOR && (h.held != 0 && h.held == l.Media || h.source != 0 && h.source == l.Offered) {
			return true
		}
	}
	return false
}

// noteMusic notes that a call which was placed while another one is on hold sends its media to who is held.
func noteMusic(l *leg, f *link.Move) {
	if l.deals == nil {
		return
	}
	for _, o := range l.deals.consults {
		if o.Offered == f.Media && heldBy(l, o.From) {
			o.music = true
		}
	}
}

// markMusic marks one of the two calls.
func markMusic(l, held, server *leg, h *heldTime) {
	l.mark(record.MusicOnHold, heard(h.from, "the other side is put on hold"), heard(server.Start, server.invite()))
	l.relate(related{RelationMedia, l.otherOf(held, server), "the one is on hold, and the other brings the music", 0.9})
}

// oneWay reports whether media go one way in a session: it has an announcement, or music. Nobody is consulted there.
func oneWay(list []record.Media) bool {
	found := false
	for i := range list {
		switch list[i].Direction {
		case "": // refused
		case "sendonly", "recvonly":
			found = true
		default:
			return false
		}
	}
	return found
}
