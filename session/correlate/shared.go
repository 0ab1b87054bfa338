package correlate

import (
	"slices"

	"sipspan/session/link"
)

// sharedRelations are the relations that a value which two calls share makes.
var sharedRelations = [...]struct {
	relation, header string
	score            float64
}{
	link.KeySessionID:    {RelationSessionID, "Session-ID", 1},
	link.KeyICID:         {RelationICID, "P-Charging-Vector icid-value", 0.95},
	link.KeyConversation: {RelationConversation, "Ms-Conversation-ID", 0.9},
	link.KeyCallID:       {RelationCallID, "", 0.95},
	link.KeyCorrelation:  {RelationCallID, "", 0.9},
}

// maxGroup is how many open calls may have the same value of a header field. One that more have names no conversation:
// some software sends a constant.
const maxGroup = 8

// keyGroups holds the calls that have a value in common, by that.
type keyGroups map[link.Key]*keyGroup

// keyGroup is the calls that have a value in common.
type keyGroup struct {
	key    link.Key
	legs   []*leg // those that are open, and the last ones whose records were handed on while others were
	open   int
	named  bool // the value is the Call-ID of one of them: however many they are, it is no constant
	common bool // too many had it at a time
}

// tie puts a call into the group of a key, and the open call whose Call-ID that is, if it is one: nil for none.
func (t keyGroups) tie(l *leg, k link.Key, named *leg) {
	if !k.Kind.Shared() {
		return
	}
	id := link.Key{Kind: k.Kind, Value: k.Value}
	g := t[id]
	if g == nil {
		g = &keyGroup{key: k}
		t[id] = g
	}
	g.add(l)
	if named != nil {
		g.named = true
		g.add(named)
	}
}

// tieNamed puts a call into the group of those that name its Call-ID.
func (t keyGroups) tieNamed(l *leg) {
	for _, kind := range [...]link.KeyKind{link.KeyCallID, link.KeyCorrelation} {
		if g := t[link.Key{Kind: kind, Value: l.callID}]; g != nil {
			g.named = true
			g.add(l)
		}
	}
}

func (g *keyGroup) add(l *leg) {
	if slices.Contains(l.groups, g) {
		return
	}
	t := l.tied()
	t.groups = append(t.groups, g)
	if g.open++; g.open > maxGroup {
		g.common = true
	}
	if len(g.legs) > maxLinks {
		closed := slices.IndexFunc(g.legs, func(o *leg) bool { return o.closed })
		if closed < 0 {
			return
		}
		g.legs = slices.Delete(g.legs, closed, closed+1)
	}
	g.legs = append(g.legs, l)
}

// relateShared links a call to those that share a value with it.
func relateShared(l *leg) {
	for _, g := range l.groups {
		if g.common && !g.named {
			continue
		}
		is := sharedRelations[g.key.Kind]
		reason := "the same " + is.header
		switch {
		case g.named:
			reason = g.key.Name + " names the Call-ID of one of them"
		case g.key.Kind.MayBeCallID():
			reason += g.key.Name
		}
		for _, o := range g.legs {
			l.relate(related{is.relation, o.callID, reason, is.score})
		}
	}
}

// untie takes a call out of its groups.
func (t keyGroups) untie(l *leg) {
	for _, g := range l.groups {
		if g.open--; g.open == 0 {
			delete(t, link.Key{Kind: g.key.Kind, Value: g.key.Value})
		}
	}
}
