package sipgen

// What Load.Full adds: the lines that desk phones and session border controllers send beyond the least that a call needs.

const (
	fullCaller = "Allow-Events: talk, hold, conference, refer, check-sync\r\n" +
		"Session-Expires: 1800;refresher=uac\r\nMin-SE: 90\r\n"
	fullCallee = "Allow-Events: talk, hold, conference, refer, check-sync\r\nRequire: timer\r\nSession-Expires: 1800;refresher=uac\r\n"

	// The media line from its protocol on.
	fullMedia = " RTP/AVP 96 9 8 0 18 101\r\nb=AS:110\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 maxplaybackrate=16000;useinbandfec=1\r\n" +
		"a=rtpmap:9 G722/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:18 G729/8000\r\na=fmtp:18 annexb=no\r\n" +
		"a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=maxptime:40\r\na=sendrecv\r\n"
)

// more are the further lines of an INVITE, or of the answer to one.
func (d *dialog) more(answer bool) string {
	p, lines := &d.from, fullCaller
	if answer {
		p, lines = &d.to, fullCallee
	}
	if !d.s.g.load.Full {
		return ""
	}
	return "P-Asserted-Identity: \"" + p.number + "\" <" + p.aor() + ">\r\n" + lines
}
