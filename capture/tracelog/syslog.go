package tracelog

import "bytes"

// syslog splits a line that syslog or the journal has written: a time, the host, the program with a colon, and the text. sender is host and
// program.
//
//	Nov 28 07:00:01 proxy kamailio[123]: Via: SIP/2.0/UDP 192.0.2.1
//	2026-11-28T07:00:01.123456+01:00 proxy kamailio[123]: Via: SIP/2.0/UDP 192.0.2.1
func syslog(line []byte) (sender, text []byte, ok bool) {
	if len(line) == 0 || line[0] == '[' || line[0] == ' ' {
		return nil, nil, false
	}
	_, rest, ok := readStamp(line)
	if !ok {
		return nil, nil, false
	}
	host := bytes.IndexByte(rest, ' ')
	if host <= 0 {
		return nil, nil, false
	}
	program := rest[host+1:]
	colon := bytes.IndexByte(program, ':')
	if colon <= 0 || bytes.IndexByte(program[:colon], ' ') >= 0 || colon+1 < len(program) && program[colon+1] != ' ' {
		return nil, nil, false
	}
	sender, text = rest[:host+1+colon], program[colon+1:]
	if len(text) > 0 {
		text = text[1:]
	}
	return sender, text, true
}
