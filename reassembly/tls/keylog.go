package tls

import (
	"bytes"
	"encoding/hex"
)

// labelNames are the labels of the lines that are read (draft-ietf-tls-keylogfile). Others, such as EXPORTER_SECRET, are not needed.
var labelNames = map[string]label{
	"CLIENT_RANDOM":                   masterSecret,
	"CLIENT_EARLY_TRAFFIC_SECRET":     clientEarly,
	"CLIENT_HANDSHAKE_TRAFFIC_SECRET": clientHandshake,
	"SERVER_HANDSHAKE_TRAFFIC_SECRET": serverHandshake,
	"CLIENT_TRAFFIC_SECRET_0":         clientTraffic,
	"SERVER_TRAFFIC_SECRET_0":         serverTraffic,
}

// unusedLabels are those of lines that are well formed and hold nothing that is needed.
var unusedLabels = map[string]bool{"EXPORTER_SECRET": true, "EARLY_EXPORTER_SECRET": true, "ECH_SECRET": true, "ECH_CONFIG": true, "RSA": true}

// Lines is what a text in the form of NSS key logs held.
type Lines struct {
	Secrets int // lines whose secret was taken
	Other   int // lines with a label that is not needed
	Broken  int // lines that are none of a key log
}

// AddLog adds the secrets of a text in the form of NSS key logs: lines of a label, the client random and a secret, both in
// hexadecimal digits. Empty lines and those that begin with # are passed over. text is borrowed; its last line need not end.
func (k *Keys) AddLog(text []byte) (found Lines) {
	for len(text) > 0 {
		line, rest, _ := bytes.Cut(text, []byte("\n"))
		text = rest
		if line = bytes.TrimSpace(line); len(line) == 0 || line[0] == '#' {
			continue
		}
		switch of, random, value, ok := parseLine(line); {
		case ok:
			k.add(of, &random, value.bytes())
			value = secret{}
			found.Secrets++
		case isUnused(line):
			found.Other++
		default:
			found.Broken++
		}
	}
	return found
}

// parseLine reads one line.
func parseLine(line []byte) (of label, random [32]byte, value secret, ok bool) {
	name, rest, _ := bytes.Cut(line, []byte(" "))
	of, ok = labelNames[string(name)]
	if !ok {
		return 0, random, value, false
	}
	first, last, _ := bytes.Cut(rest, []byte(" "))
	if len(first) != 2*len(random) || len(last) < 2*32 || len(last) > 2*secretLength {
		return 0, random, value, false
	}
	if _, err := hex.Decode(random[:], first); err != nil {
		return 0, random, value, false
	}
	n, err := hex.Decode(value.b[:], last)
	if err != nil || of == masterSecret && n != masterSize {
		return 0, random, secret{}, false
	}
	value.n = uint8(n)
	return of, random, value, true
}

// isUnused reports whether a line is one of a key log that is not needed: CLIENT_TRAFFIC_SECRET_1 and the like follow from those
// before them.
func isUnused(line []byte) bool {
	name, _, _ := bytes.Cut(line, []byte(" "))
	return unusedLabels[string(name)] || bytes.HasPrefix(name, []byte("CLIENT_TRAFFIC_SECRET_")) || bytes.HasPrefix(name, []byte("SERVER_TRAFFIC_SECRET_"))
}

// AppendLog appends the secrets of the connection with a client random, as lines of a key log. There are none where only a private key opens
// the connection.
func (k *Keys) AppendLog(dst []byte, random *[32]byte) []byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	e := k.logged[*random]
	if e == nil {
		return dst
	}
	for of := range labels {
		if s := &e.secrets[of]; s.n > 0 {
			dst = append(dst, labelText(of)...)
			dst = append(dst, ' ')
			dst = hex.AppendEncode(dst, random[:])
			dst = append(dst, ' ')
			dst = hex.AppendEncode(dst, s.bytes())
			dst = append(dst, '\n')
		}
	}
	return dst
}

// labelText returns how key logs write a label.
func labelText(of label) string {
	for text, l := range labelNames {
		if l == of {
			return text
		}
	}
	return ""
}
