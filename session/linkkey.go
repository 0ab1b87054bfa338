package session

import (
	"bytes"

	"sipspan/decode/sip"
)

// linkKind is what ties a call to another Call-ID.
type linkKind uint8

const (
	linkSessionID    linkKind = iota // a UUID of RFC 7989
	linkICID                         // icid-value of P-Charging-Vector (RFC 7315 section 4.6)
	linkConversation                 // Ms-Conversation-ID
	linkCallID                       // a header field that carries the Call-ID of another leg
	linkReplaces                     // RFC 3891
	linkJoin                         // RFC 3911
	linkReferredBy                   // RFC 3892
	linkRequestedBy                  // the header field of that purpose before REFER
	linkDiversion                    // RFC 5806
	linkHistory                      // RFC 7044
	numLinkKinds     = int(iota)
)

// shared reports whether two calls belong together when they have the same value.
func (k linkKind) shared() bool { return k <= linkCallID }

const (
	maxLinkKeys  = 12  // of one call
	maxLinkValue = 256 // bytes
)

// linkKey is a value that an INVITE of a call carried.
type linkKey struct {
	kind  linkKind
	name  uint8 // of a linkCallID: index in Config.RelatedHeaders
	value piece
}

// linkState is what a call keeps for the correlator.
type linkState struct {
	keys          []linkKey
	origin, media uint64 // of the first session description: its o= line, and the first address and port for media
	focus         uint64 // Contact of a conference focus (RFC 4579) in the INVITE
	leg           *leg   // as it was announced; it belongs to the correlator
	told          int    // keys that were announced
	holds         int    // that were announced
	resumed       uint32 // which of them were announced as over

	wants    [numSides]uint64 // where the first media of a side are wanted, as far as it was read: see mediaHash
	ordinary [numSides]bool   // a side had a Contact that is no focus, before it had one that is
	mixes    [numSides]bool   // a side is a focus
	outcome  uint16           // final status that was announced
	referred bool             // there was a REFER in the call
}

// readLinks keeps what an INVITE says of other Call-IDs. Elements on the way add such header fields, so every hop is
// asked.
func (t *Tracker) readLinks(c *call, v *view) {
	m := v.m
	if id := m.Header(sip.HeaderSessionID); id != nil {
		c.addSessionID(id)
	}
	if vector := m.Header(sip.HeaderPChargingVector); vector != nil {
		c.addICID(vector)
	}
	if id := m.Header(sip.HeaderMSConversationID); id != nil {
		c.addLink(linkConversation, 0, id)
	}
	if replaces := m.Header(sip.HeaderReplaces); replaces != nil {
		c.addLink(linkReplaces, 0, untilSemicolon(replaces))
	}
	if join := m.Header(sip.HeaderJoin); join != nil {
		c.addLink(linkJoin, 0, untilSemicolon(join))
	}
	if by := m.Header(sip.HeaderReferredBy); by != nil {
		a, _ := sip.ParseAddress(by)
		c.addLink(linkReferredBy, 0, a.URI)
	}
	if m.First(sip.HeaderDiversion) >= 0 {
		c.addTargets(m, sip.HeaderDiversion, linkDiversion)
	}
	if m.First(sip.HeaderHistoryInfo) >= 0 {
		c.addTargets(m, sip.HeaderHistoryInfo, linkHistory)
	}
	for i := m.First(sip.HeaderOther); i >= 0; i = m.Next(i) {
		t.readOtherLink(c, m.Name(i), m.Value(i))
	}
}

var requestedBy = []byte("Requested-By")

// readOtherLink takes the header fields that have no name of their own in the decoder.
func (t *Tracker) readOtherLink(c *call, name, value []byte) {
	if bytes.EqualFold(name, requestedBy) {
		a, _ := sip.ParseAddress(value)
		c.addLink(linkRequestedBy, 0, a.URI)
		return
	}
	for i, header := range t.cfg.RelatedHeaders {
		if len(header) == len(name) && bytes.EqualFold(name, []byte(header)) {
			c.addLink(linkCallID, uint8(i), untilSemicolon(value))
		}
	}
}

// addSessionID takes the UUIDs of both sides. That of a side which is not known yet is all zeros (RFC 7989 section 5).
func (c *call) addSessionID(value []byte) {
	local, params := value, []byte(nil)
	if i := bytes.IndexByte(value, ';'); i >= 0 {
		local, params = bytes.TrimSpace(value[:i]), value[i:]
	}
	remote, _ := sip.Param(params, "remote")
	for _, id := range [2][]byte{local, remote} {
		if len(bytes.Trim(id, "0-")) > 0 {
			var buf [64]byte
			c.addLink(linkSessionID, 0, appendLower(buf[:0], id[:min(len(id), len(buf))]))
		}
	}
}

func (c *call) addICID(vector []byte) {
	name, value, _ := sip.NextParam(vector)
	if !bytes.EqualFold(name, []byte("icid-value")) {
		value, _ = sip.Param(vector, "icid-value")
	}
	c.addLink(linkICID, 0, value)
}

// addTargets takes whom the call was for before it was diverted: all of Diversion, and all but the last of History-Info,
// which is whom it is for now.
func (c *call) addTargets(m *sip.Message, id sip.HeaderID, kind linkKind) {
	var uris [5][]byte
	n := 0
	for i := m.First(id); i >= 0; i = m.Next(i) {
		for list := m.Value(i); len(list) > 0 && n < len(uris); {
			var a sip.Address
			if a, list = sip.NextAddress(list); len(a.URI) > 0 {
				uris[n] = a.URI
				n++
			}
		}
	}
	if kind == linkHistory {
		n--
	}
	for i := range n {
		c.addLink(kind, 0, uris[i])
	}
}

// addLink keeps a value once.
func (c *call) addLink(kind linkKind, name uint8, value []byte) {
	value = bytes.TrimSpace(value[:min(len(value), maxLinkValue)])
	if len(value) == 0 || len(c.link.keys) >= maxLinkKeys {
		return
	}
	for i := range c.link.keys {
		if k := &c.link.keys[i]; k.kind == kind && bytes.Equal(c.text.of(k.value), value) {
			return
		}
	}
	c.link.keys = append(c.link.keys, linkKey{kind, name, c.text.add(value)})
}

// untilSemicolon returns a value without its parameters.
func untilSemicolon(value []byte) []byte {
	if i := bytes.IndexByte(value, ';'); i >= 0 {
		value = value[:i]
	}
	return bytes.TrimSpace(value)
}
