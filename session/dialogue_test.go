package session

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// A dialogue is a flow of whole calls. A line with one of these words behind its time stands for several messages; what
// comes behind it is added to its INVITE, or to the one request:
//
//	0 call c1 a>b alice bob …     INVITE, 180, 200 and ACK under Call-ID c1, within a tenth of a second
//	0 ring c1 a>b alice bob …     INVITE and 180
//	5 answer c1                   200 and ACK to it
//	5 cancel c1                   CANCEL by the caller and 487
//	0 fail c1 a>b alice bob 486 … INVITE and its failure
//	5 hold c1 a                   re-INVITE by host a with a=sendonly, and resume, with a=sendrecv
//	5 focus c1 a                  re-INVITE by host a with a focus as its Contact
//	5 refer c1 a …                REFER by host a inside the dialog, and 202
//	9 bye c1 a …                  BYE by host a, and 200
//	5 ask r1 a>b alice bob REFER … a request outside a dialog, and 202
//
// Users are at example.com unless they name a host. In a body, | is a line break and _ a blank.
type dialogue string

type scenarioCall struct {
	src, dst, from, to string
	cseq               map[string]int
}

func uriOf(user string) string {
	if !strings.ContainsAny(user, "@.") {
		user += "@example.com"
	}
	return "sip:" + user
}

func (s dialogue) messages(t testing.TB) (list []flowMessage) {
	t.Helper()
	calls := make(map[string]*scenarioCall)
	for _, line := range strings.Split(string(s), "\n") {
		words := strings.Fields(line)
		if len(words) == 0 || words[0][0] == '#' {
			continue
		}
		for _, l := range expand(t, calls, words) {
			list = append(list, parseFlowLine(t, l))
		}
	}
	for i := range list {
		fixBody(list[i].raw)
	}
	return list
}

// fixBody turns | into line breaks and _ into blanks.
func fixBody(raw []byte) {
	end := bytes.Index(raw, []byte("\r\n\r\n"))
	for i := end + 4; i < len(raw); i++ {
		switch raw[i] {
		case '|':
			raw[i] = '\n'
		case '_':
			raw[i] = ' '
		}
	}
}

func expand(t testing.TB, calls map[string]*scenarioCall, words []string) (lines []string) {
	var at float64
	if _, err := fmt.Sscan(words[0], &at); err != nil {
		t.Fatalf("%v: %v", words, err)
	}
	if strings.Contains(words[1], ">") {
		return []string{strings.Join(words, " ")}
	}
	verb, id, rest := words[1], words[2], words[3:]
	say := func(after float64, src, dst, what string, cseq int, from, to string, more ...string) {
		lines = append(lines, fmt.Sprintf("%.6f %s>%s %s %d id=%s %s %s %s", at+after, src, dst, what, cseq, id, from, to, strings.Join(more, " ")))
	}
	switch verb {
	case "call", "ring", "fail", "ask":
		src, dst, _ := strings.Cut(rest[0], ">")
		c := &scenarioCall{src: src, dst: dst, from: rest[1], to: rest[2], cseq: map[string]int{src: 1, dst: 0}}
		calls[id] = c
		rest = rest[3:]
		from := "from=f-" + id + " fromuri=" + uriOf(c.from)
		to := "to=t-" + id + " touri=" + uriOf(c.to)
		uri := []string{"via=i-" + id, "uri=" + uriOf(c.to)}
		first := "touri=" + uriOf(c.to)
		switch verb {
		case "ask":
			say(0, src, dst, rest[0], 1, from, first, append(uri, rest[1:]...)...)
			say(0.02, dst, src, "202 "+rest[0], 1, from, to, uri...)
		case "fail":
			say(0, src, dst, "INVITE", 1, from, first, append(uri, rest[1:]...)...)
			say(0.02, dst, src, rest[0]+" INVITE", 1, from, to, uri...)
			say(0.03, src, dst, "ACK", 1, from, to, uri...)
		default:
			say(0, src, dst, "INVITE", 1, from, first, append(uri, rest...)...)
			say(0.02, dst, src, "180 INVITE", 1, from, to, uri...)
		}
		if verb == "call" {
			at += 0.05
			lines = append(lines, expand(t, calls, []string{fmt.Sprint(at), "answer", id})...)
		}
	case "answer":
		c := calls[id]
		from, to := "from=f-"+id+" fromuri="+uriOf(c.from), "to=t-"+id+" touri="+uriOf(c.to)
		say(0, c.dst, c.src, "200 INVITE", 1, from, to, append([]string{"via=i-" + id}, rest...)...)
		say(0.01, c.src, c.dst, "ACK", 1, from, to, "via=k-"+id)
	case "cancel":
		c := calls[id]
		from, to := "from=f-"+id+" fromuri="+uriOf(c.from), "to=t-"+id+" touri="+uriOf(c.to)
		say(0, c.src, c.dst, "CANCEL", 1, from, "touri="+uriOf(c.to), "via=i-"+id)
		say(0.01, c.dst, c.src, "487 INVITE", 1, from, to, "via=i-"+id)
		say(0.02, c.src, c.dst, "ACK", 1, from, to, "via=i-"+id)
	case "hold", "resume", "focus", "refer", "bye":
		c := calls[id]
		src, dst := rest[0], c.dst
		from, to := "from=f-"+id+" fromuri="+uriOf(c.from), "to=t-"+id+" touri="+uriOf(c.to)
		if src == c.dst && src != c.src {
			dst = c.src
			from, to = "from=t-"+id+" fromuri="+uriOf(c.to), "to=f-"+id+" touri="+uriOf(c.from)
		}
		c.cseq[src]++
		cseq, method, status := c.cseq[src], "INVITE", "200"
		more := append([]string{fmt.Sprintf("via=%s%d-%s-%s", verb, cseq, src, id)}, rest[1:]...)
		switch verb {
		case "hold":
			more = append(more, "sdp=sendonly")
		case "resume":
			more = append(more, "sdp=sendrecv")
		case "focus":
			more = append(more, "h=Contact:<sip:mixer-"+src+"@192.0.2.99>;isfocus")
		case "refer":
			method, status = "REFER", "202"
		case "bye":
			method = "BYE"
		}
		say(0, src, dst, method, cseq, from, to, more...)
		say(0.02, dst, src, status+" "+method, cseq, from, to, more[0])
		if method == "INVITE" {
			say(0.03, src, dst, "ACK", cseq, from, to, fmt.Sprintf("via=k%d-%s-%s", cseq, src, id))
		}
	default:
		t.Fatalf("%v: what is %q?", words, verb)
	}
	return lines
}
