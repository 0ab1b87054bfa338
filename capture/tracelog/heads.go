package tracelog

import (
	"bytes"
	"strconv"
	"time"

	"sipspan/capture"
	"sipspan/internal/wire"
)

// serverHead reads the first line of a record of a Microsoft server:
// TL_INFO(TF_PROTOCOL) [1]0A2C.0A9C::06/22/2009-17:58:48.922.0009935d (…)$$begin_record
func (s *scanner) serverHead(line []byte) bool {
	s.begin(Server, untilRecord, noStamp)
	if _, rest, ok := bytes.Cut(line, []byte("::")); ok {
		if at, _, ok := readStamp(rest); ok {
			s.setStamp(at)
		}
	}
	return true
}

// serverField reads what stands in a record before its Start-Line.
func (s *scanner) serverField(line []byte) {
	h := &s.head
	if v, ok := field(line, "Direction"); ok {
		s.sent, s.directed = bytes.HasPrefix(bytes.ToLower(v), []byte("out")), true
	} else if v, ok := field(line, "Peer"); ok {
		s.peer, _, _ = parseEnd(v)
	} else if v, ok := field(line, "Peer-IP"); ok {
		s.peer, _, _ = parseEnd(v)
	} else if v, ok := field(line, "Local-IP"); ok {
		s.local, _, _ = parseEnd(v)
	} else {
		return
	}
	if !s.directed {
		return
	}
	h.toward(s.peer, s.sent)
	if s.local.IsValid() && s.sent {
		h.src = s.local
	} else if s.local.IsValid() {
		h.dst = s.local
	}
}

// clientHead reads the line of a Microsoft client before a message:
// 01/05/2010|14:00:47.889 418:D8 INFO  :: Sending Packet - 192.0.2.1:5061 (From Local Address: 192.0.2.2:49200) 756 bytes:
func (s *scanner) clientHead(line []byte) bool {
	if !isClientLine(line) {
		return false
	}
	at, _, ok := readStamp(line)
	if !ok {
		return false
	}
	_, text, _ := bytes.Cut(line, []byte(" :: "))
	text = bytes.TrimSpace(text)
	if bytes.HasPrefix(text, []byte("End of ")) {
		return true
	}
	sent := bytes.HasPrefix(text, []byte("Sending Packet"))
	if !sent && !bytes.HasPrefix(text, []byte("Data Received")) {
		if s.head.dialect == Client && s.head.until == untilStamp {
			s.setStamp(at)
			return false // the start line, after its head
		}
		s.begin(Client, untilGap, at)
		return false // it may hold the start line itself
	}
	s.begin(Client, untilStamp, at)
	h := &s.head
	if _, rest, ok := bytes.Cut(text, []byte("-")); ok {
		where, _, _ := bytes.Cut(bytes.TrimSpace(rest), []byte(" "))
		peer, _, _ := parseEnd(where)
		h.toward(peer, sent)
	}
	if local, ok := between(text, "Local Address:", ")"); ok {
		if a, _, _ := parseEnd(local); a.IsValid() && sent {
			h.src = a
		} else if a.IsValid() {
			h.dst = a
		}
	}
	return true
}

// isClientLine reports whether a line begins as each one of a client's log does: 01/05/2010|14:00:47.889
func isClientLine(line []byte) bool {
	return len(line) > 19 && line[2] == '/' && line[5] == '/' && line[10] == '|' && line[13] == ':'
}

// dumpHead begins a message of Kamailio's sipdump.
func (s *scanner) dumpHead(line []byte) bool {
	if !repeats(line, '=', 20) {
		return false
	}
	s.begin(Kamailio, untilGap, noStamp) // until its fields show that it is no mere rule
	s.follow.active = false
	s.addr = [4][]byte{}
	return true
}

// dumpField reads what stands before a message of sipdump.
func (s *scanner) dumpField(line []byte) {
	h := &s.head
	if v, ok := field(line, "time"); ok {
		if at, ok := unixTime(v); ok {
			s.setStamp(stamp{at: at})
		}
		return
	} else if v, ok := field(line, "proto"); ok {
		h.transport, h.carried = transportNamed(v)
		return
	}
	for i, name := range [4]string{"srcip", "srcport", "dstip", "dstport"} {
		if v, ok := field(line, name); ok {
			s.addr[i] = bytes.Clone(v)
			h.until = untilBars
		}
	}
	join := func(ip, port []byte) []byte {
		if bytes.IndexByte(ip, ':') >= 0 && ip[0] != '[' {
			return []byte("[" + string(ip) + "]:" + string(port))
		}
		return []byte(string(ip) + ":" + string(port))
	}
	if len(s.addr[0]) > 0 && len(s.addr[1]) > 0 {
		h.src, _, _ = parseEnd(join(s.addr[0], s.addr[1]))
	}
	if len(s.addr[2]) > 0 && len(s.addr[3]) > 0 {
		h.dst, _, _ = parseEnd(join(s.addr[2], s.addr[3]))
	}
}

// unixTime reads seconds since 1970 with a fraction.
func unixTime(b []byte) (int64, bool) {
	whole, fraction, _ := bytes.Cut(b, []byte("."))
	seconds, err := strconv.ParseInt(string(whole), 10, 64)
	if err != nil || seconds < 0 || seconds > 1<<33 || len(fraction) > 9 {
		return 0, false
	}
	nanoseconds := int64(0)
	for i := range 9 {
		nanoseconds *= 10
		if i < len(fraction) {
			if fraction[i]-'0' > 9 {
				return 0, false
			}
			nanoseconds += int64(fraction[i] - '0')
		}
	}
	return seconds*1e9 + nanoseconds, true
}

// asteriskHead reads the line of Asterisk before a message, of chan_sip and of PJSIP:
//
//	<--- SIP read from UDP:192.0.2.1:5060 --->
//	<--- Received SIP request (512 bytes) from UDP:192.0.2.1:5060 --->
//	Reliably Transmitting (no NAT) to 192.0.2.1:5060:
func (s *scanner) asteriskHead(line []byte) bool {
	at, text, ok := readStamp(line)
	if !ok {
		if at, text = noStamp, line; s.bracketLine > 0 && s.pages.number-s.bracketLine <= 2 {
			at = s.bracket // the log line began above
		}
	}
	if i := bytes.Index(text, []byte("<--- ")); i >= 0 {
		text = text[i+len("<--- "):]
		arrow := bytes.Index(text, []byte(" --->"))
		if arrow < 0 {
			return false
		}
		text = text[:arrow]
	} else {
		i := bytes.Index(text, []byte("ransmitting "))
		text = text[max(0, i-len("Reliably T")):]
		if last := bytes.TrimRight(text, " "); len(last) == 0 || last[len(last)-1] != ':' {
			return false
		}
	}
	sent := bytes.Contains(text, []byte("ransmitting "))
	word := " from "
	if sent {
		word = " to "
	} else if !bytes.Contains(text, []byte("read")) && !bytes.Contains(text, []byte("Received")) {
		return false
	}
	i := bytes.LastIndex(text, []byte(word))
	if i < 0 {
		return false
	}
	s.begin(Asterisk, untilArrow, at)
	peer, t, carried := parseEnd(text[i+len(word):])
	s.head.toward(peer, sent)
	s.head.transport, s.head.carried = t, carried
	return true
}

// sofiaHead reads the line of FreeSWITCH's sofia before a message:
// recv 1102 bytes from udp/[192.0.2.1]:5060 at 12:34:56.789012:
func (s *scanner) sofiaHead(line []byte) bool {
	at, text, dated := readStamp(line)
	if !dated {
		text = line
	}
	word, sent := "recv ", false
	i := bytes.Index(text, []byte(word))
	if i < 0 {
		word, sent = "send ", true
		if i = bytes.Index(text, []byte(word)); i < 0 {
			return false
		}
	}
	text = text[i+len(word):]
	way := " bytes from "
	if sent {
		way = " bytes to "
	}
	_, rest, ok := bytes.Cut(text, []byte(way))
	if !ok {
		return false
	}
	where, when, ok := bytes.Cut(rest, []byte(" at "))
	if !ok {
		return false
	}
	own, _, ok := readStamp(when)
	switch {
	case !dated && ok:
		at = own
	case !dated:
		at = noStamp
	}
	s.begin(FreeSWITCH, untilGap, s.onDay(at))
	peer, t, carried := parseEnd(where)
	s.head.toward(peer, sent)
	s.head.transport, s.head.carried = t, carried
	return true
}

// sofiaEnds looks for the end of a message in a trace of sofia, which some versions mark with dashes and others not at all.
func (s *scanner) sofiaEnds(line []byte) verdict {
	switch text := bytes.TrimLeft(line, " "); {
	case repeats(text, '-', 20):
		return endsHere
	case bytes.HasPrefix(text, []byte("recv ")), bytes.HasPrefix(text, []byte("send ")), len(line) > 19 && line[4] == '-' && line[7] == '-' && line[13] == ':':
		return endsBefore
	}
	return goesOnHere
}

// onDay gives a time without a day the day of the last line before it that names one, if that is near.
func (s *scanner) onDay(at stamp) stamp {
	if !at.day || s.dated == 0 {
		return at
	}
	const day = 24 * int64(time.Hour)
	when := s.dated - s.dated%day + at.at
	switch { // midnight may lie between the two
	case when-s.dated > day/2:
		when -= day
	case s.dated-when > day/2:
		when += day
	}
	return stamp{at: when, local: true}
}

// noteBracket notes the time of a line that begins with one in brackets, as those of Asterisk's log files do.
func (s *scanner) noteBracket(line []byte) {
	if line[0] != '[' {
		return
	}
	if at, _, ok := readStamp(line); ok {
		s.bracket, s.bracketLine = at, s.pages.number
	}
}

// noteDay notes the time of a line of FreeSWITCH that names its day.
func (s *scanner) noteDay(line []byte) {
	if len(line) < 19 || line[4] != '-' || line[7] != '-' {
		return
	}
	if at, _, ok := readStamp(line); ok && at.clock == capture.ClockKnown {
		s.dated = at.at
	}
}

// sippHead reads the first line that SIPp writes before a message: dashes and the time.
func (s *scanner) sippHead(line []byte) bool {
	at, _, ok := readStamp(bytes.TrimLeft(line, "-"))
	if !ok {
		return false
	}
	s.begin(SIPp, untilDashes, at)
	return true
}

// sippDirection reads the second line: UDP message sent (514 bytes):
func (s *scanner) sippDirection(line []byte) bool {
	if s.head.dialect != SIPp {
		return false
	}
	t, ok := transportNamed(line)
	if !ok {
		return false
	}
	s.head.toward(other, bytes.Contains(line, []byte(" message sent ")))
	s.head.transport, s.head.carried = t, true
	s.headLine = s.pages.number
	return true
}

// arrowHead reads a line with a time and two addresses, as sngrep and ngrep write it:
// 2026/11/28 00:55:09.802766 192.0.2.1:5060 -> 192.0.2.2:5060
func (s *scanner) arrowHead(line []byte) bool {
	text := line
	h := head{}
	dotted := len(line) > 2 && (line[0] == 'U' || line[0] == 'T') && line[1] == ' '
	if dotted {
		text = line[2:]
		h.transport, h.carried = wire.UDP, true
		if line[0] == 'T' {
			h.transport = wire.TCP
		}
	}
	at, text, ok := readStamp(text)
	if !ok && !dotted {
		return false
	} else if !ok {
		at = stamp{clock: capture.ClockNone}
	}
	from, to, ok := bytes.Cut(text, []byte(" -> "))
	if !ok {
		return false
	}
	if bytes.IndexByte(from, ' ') >= 0 {
		return false // text, and no address alone
	}
	to, _, _ = bytes.Cut(bytes.TrimSpace(to), []byte(" "))
	h.src, _, _ = parseEnd(from)
	h.dst, _, _ = parseEnd(to)
	if wire.IsParty(h.src) || wire.IsParty(h.dst) || !h.src.IsValid() || !h.dst.IsValid() {
		return false
	}
	s.begin(Sngrep, untilGap, at)
	s.head.src, s.head.dst, s.head.transport, s.head.carried = h.src, h.dst, h.transport, h.carried
	s.dotted = dotted
	return true
}
