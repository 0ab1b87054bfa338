package diagnose

import (
	"bytes"
	"net/netip"
	"time"

	"sipspan/decode/sdp"
	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/evidence"
)

// silentCall is up to how long people talk into a call that they do not hear.
const silentCall = 15 * time.Second

var natTable = []Diagnosis{
	{"nat_contact", Timeout, "an ACK or a request inside a dialog that did not arrive, the private address in the Contact it had to go to, and a public one on the wire",
		"{lost} got lost, probably because it had to go to the Contact {private}, a private address behind {public}",
		"let the device learn its public address (STUN, outbound, rport), or put an SBC in front of it"},
	{"nat_media", SIP, "an answered call of at most 15 s whose SDP names a private address although the message came from a public one",
		"The call lasted {talk}, and {who} at {public} asked for the media at the private address {private}, so {who} probably heard nothing",
		"let that device learn its public address (STUN, ICE), or relay the media; check the SIP ALG of routers on the way"},
}

// behindNAT explains what got lost inside a dialog by a private address in the Contact it was sent to.
func (v *view) behindNAT() *finding {
	var target []byte
	lost := v.c.Method
	var from netip.Addr
	switch v.c.Wait {
	case evidence.NoACK, evidence.ACKLost:
		if v.response == nil {
			return nil
		}
		contact, _ := v.response.Contact()
		target, from, lost = contact.URI, v.c.Origin.Addr(), "ACK"
	case evidence.NoResponse:
		if v.request() == nil || v.request().To().Tag() == nil {
			return nil // outside a dialog nobody has sent a Contact
		}
		target, from = v.request().RequestURI(), v.c.Src.Addr()
		if dst := v.c.Dst.Addr(); dst.IsValid() && !private(dst) {
			from = dst // where it was really sent
		}
	default:
		return nil
	}
	uri, ok := sip.ParseURI(target)
	if !ok {
		return nil
	}
	f := v.hidden(uri.Host, from)
	if f == nil {
		return nil
	}
	f.values["lost"] = lost
	f.id, f.code, f.text = "nat_contact", "private_contact", "private address in Contact"
	return f
}

// mediaBehindNAT sees a short call with a private address in an SDP that came from a public one.
func (v *view) mediaBehindNAT() *finding {
	if v.c.Talk <= 0 || v.c.Talk > silentCall || v.c.Status < 200 || v.c.Status > 299 {
		return nil
	}
	var f *finding
	who := "the caller"
	if public(v.c.Src.Addr()) {
		f = v.hiddenMedia(v.request(), v.c.Src.Addr())
	}
	if f == nil && public(v.c.Origin.Addr()) {
		who = "the one who was called"
		f = v.hiddenMedia(v.response, v.c.Origin.Addr())
	}
	if f == nil {
		return nil
	}
	f.id, f.code, f.text = "nat_media", "private_media", "private address in SDP"
	f.values["talk"], f.values["who"] = seconds(v.c.Talk), who
	return f
}

func (v *view) hiddenMedia(m *sip.Message, from netip.Addr) *finding {
	if m == nil {
		return nil
	}
	parts := sip.Parts(m.ContentType(), m.Body())
	for p, ok := parts.Next(); ok; p, ok = parts.Next() {
		if !sip.MediaTypeIs(p.ContentType, "application/sdp") {
			continue
		}
		if bytes.Contains(p.Body, []byte("a=ice-ufrag:")) {
			continue // ICE finds the way, whatever c= says (RFC 8445)
		}
		var s sdp.Session
		sdp.Parse(p.Body, &s)
		for i := range s.Media {
			if f := v.hidden(s.Media[i].Addr, from); f != nil {
				return f
			}
		}
	}
	return nil
}

// hidden begins a finding when host is a private address and from a public one.
func (v *view) hidden(host []byte, from netip.Addr) *finding {
	a, err := netip.ParseAddr(string(host))
	if err != nil || !private(a) || !public(from) {
		return nil
	}
	return &finding{
		values:   map[string]string{"private": a.String(), "public": from.String()},
		evidence: []record.Evidence{v.saw("address %s in the message, %s on the wire", a, from)},
	}
}
