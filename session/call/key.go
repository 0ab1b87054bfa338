package call

import (
	"bytes"

	"sipspan/decode/sip"
	"sipspan/session/link"
	"sipspan/session/media"
	"sipspan/session/store"
	"sipspan/session/transaction"
)

// maxLinkValue bounds the bytes of a value that ties a call to others.
const maxLinkValue = 256

// linkKey is a value that an INVITE of a call carried.
type linkKey struct {
	kind  link.KeyKind
	name  uint8 // of a linkCallID: index in Config.RelatedHeaders
	value store.Piece
}

// linkState is what a call keeps for the correlator.
type linkState struct {
	keys          []linkKey
	origin, media uint64  // of the first session description: its o= line, and the first address and port for media
	focus         uint64  // Contact of a conference focus (RFC 4579) in the INVITE
	id            link.ID // under which the call was announced; 0 before
	announced     int     // keys that were announced
	holds         int     // that were announced
	resumed       uint32  // which of them were announced as over

	wants    [link.NumSides]uint64 // where the first media of a side are wanted, as far as it was read: see mediaHash
	ordinary [link.NumSides]bool   // a side had a Contact that is no focus, before it had one that is
	mixes    [link.NumSides]bool   // a side is a focus
	outcome  uint16                // final status that was announced
	referred bool                  // there was a REFER in the call
}

// readLinks keeps what an INVITE holds about other Call-IDs. Elements on the way add such header fields, so every hop is
// asked.
func (u *Usage) readLinks(c *Call, v *transaction.View) {
	m := v.Message
	c.addCorrelation(v)
	if id := m.Header(sip.HeaderSessionID); id != nil {
		c.addSessionID(id)
	}
	if vector := m.Header(sip.HeaderPChargingVector); vector != nil {
		c.addICID(vector)
	}
	if id := m.Header(sip.HeaderMSConversationID); id != nil {
		c.addLink(link.KeyConversation, 0, id)
	}
	if replaces := m.Header(sip.HeaderReplaces); replaces != nil {
		c.addLink(link.KeyReplaces, 0, untilSemicolon(replaces))
	}
	if join := m.Header(sip.HeaderJoin); join != nil {
		c.addLink(link.KeyJoin, 0, untilSemicolon(join))
	}
	if by := m.Header(sip.HeaderReferredBy); by != nil {
		a, _ := sip.ParseAddress(by)
		c.addLink(link.KeyReferredBy, 0, a.URI)
	}
	if m.First(sip.HeaderDiversion) >= 0 {
		c.addTargets(m, sip.HeaderDiversion, link.KeyDiversion)
	}
	if m.First(sip.HeaderHistoryInfo) >= 0 {
		c.addTargets(m, sip.HeaderHistoryInfo, link.KeyHistory)
	}
	for i := m.First(sip.HeaderOther); i >= 0; i = m.Next(i) {
		u.readOtherLink(c, m.Name(i), m.Value(i))
	}
}

var requestedBy = []byte("Requested-By")

// readOtherLink takes the header fields that have no name of their own in the decoder.
func (u *Usage) readOtherLink(c *Call, name, value []byte) {
	if bytes.EqualFold(name, requestedBy) {
		a, _ := sip.ParseAddress(value)
		c.addLink(link.KeyRequestedBy, 0, a.URI)
		return
	}
	for i, header := range u.Config.RelatedHeaders {
		if len(header) == len(name) && bytes.EqualFold(name, []byte(header)) {
			c.addLink(link.KeyCallID, uint8(i), untilSemicolon(value))
		}
	}
}

// addSessionID takes the UUIDs of both sides. That of a side which is not known yet is all zeros (RFC 7989 section 5).
func (c *Call) addSessionID(value []byte) {
	local, params := value, []byte(nil)
	if i := bytes.IndexByte(value, ';'); i >= 0 {
		local, params = bytes.TrimSpace(value[:i]), value[i:]
	}
	remote, _ := sip.Param(params, "remote")
	for _, id := range [2][]byte{local, remote} {
		if len(bytes.Trim(id, "0-")) > 0 {
			var buf [64]byte
			c.addLink(link.KeySessionID, 0, sip.AppendLower(buf[:0], id[:min(len(id), len(buf))]))
		}
	}
}

// correlationID is how evidence names a correlation ID.
const correlationID = "HEP correlation ID"

// addCorrelation takes what a capture agent names as common to the conversation. The Call-ID of the message itself ties it to no other.
func (c *Call) addCorrelation(v *transaction.View) {
	if len(v.Correlation) > 0 && !bytes.Equal(v.Correlation, v.Message.CallID()) {
		c.addLink(link.KeyCorrelation, 0, v.Correlation)
	}
}

// correlation returns the first correlation ID of the call, an empty piece where it has none.
func (c *Call) correlation() store.Piece {
	for i := range c.link.keys {
		if k := &c.link.keys[i]; k.kind == link.KeyCorrelation {
			return k.value
		}
	}
	return store.Piece{}
}

func (c *Call) addICID(vector []byte) {
	name, value, _ := sip.NextParam(vector)
	if !bytes.EqualFold(name, []byte("icid-value")) {
		value, _ = sip.Param(vector, "icid-value")
	}
	c.addLink(link.KeyICID, 0, value)
}

// addTargets takes whom the call was for before it was diverted: all of Diversion, and all but the last of History-Info,
// which is whom it is for now.
func (c *Call) addTargets(m *sip.Message, id sip.HeaderID, kind link.KeyKind) {
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
	if kind == link.KeyHistory {
		n--
	}
	for i := range n {
		c.addLink(kind, 0, uris[i])
	}
}

// addLink keeps a value once.
func (c *Call) addLink(kind link.KeyKind, name uint8, value []byte) {
	value = bytes.TrimSpace(value[:min(len(value), maxLinkValue)])
	if len(value) == 0 || len(c.link.keys) >= link.MaxKeys {
		return
	}
	for i := range c.link.keys {
		if k := &c.link.keys[i]; k.kind == kind && bytes.Equal(c.text.Of(k.value), value) {
			return
		}
	}
	c.link.keys = append(c.link.keys, linkKey{kind, name, c.text.Add(value)})
}

// untilSemicolon returns a value without its parameters.
func untilSemicolon(value []byte) []byte {
	if i := bytes.IndexByte(value, ';'); i >= 0 {
		value = value[:i]
	}
	return bytes.TrimSpace(value)
}

// readOffer keeps what two legs of a call have in common when an element between them passes the session description on.
func (l *linkState) readOffer(description []byte) { l.origin, l.media = media.Common(description) }
