package presence

import (
	"bytes"
	"strconv"
	"strings"
)

// messageSummary reads RFC 3842 section 5.2: lines of the form "Voice-Message: 2/8 (0/2)", and two lines that are not of
// that form, Messages-Waiting and Message-Account. What makes no sense is passed over.
func messageSummary(body []byte) Document {
	d := newDocument(MessageSummary, "")
	for len(body) > 0 {
		var line []byte
		line, body, _ = bytes.Cut(body, []byte("\n"))
		if len(bytes.TrimSpace(line)) == 0 {
			if len(d.Messages) > 0 || d.Entity != "" || d.Waiting {
				break // behind the empty line are header fields of single messages
			}
			continue
		}
		name, value, ok := bytes.Cut(line, []byte(":"))
		if !ok {
			continue
		}
		text := plainText(value)
		switch class := strings.ToLower(string(bytes.TrimSpace(name[:min(len(name), 64)]))); class {
		case "messages-waiting":
			d.Waiting = strings.EqualFold(text, "yes")
		case "message-account":
			d.Entity = text
		default:
			if c, ok := messageCount(class, text); ok && len(d.Messages) < MaxStates {
				d.Messages = append(d.Messages, c)
			}
		}
	}
	return d
}

// messageCount reads new "/" old [ "(" new-urgent "/" old-urgent ")" ].
func messageCount(class, text string) (c MessageCount, ok bool) {
	c.Class = strings.ToValidUTF8(class, "\uFFFD")
	counts, urgent, _ := strings.Cut(text, "(")
	if c.New, c.Old, ok = pair(counts); !ok {
		return MessageCount{}, false
	}
	urgent, _, _ = strings.Cut(urgent, ")")
	c.NewUrgent, c.OldUrgent, _ = pair(urgent)
	return c, true
}

func pair(s string) (a, b int, ok bool) {
	left, right, ok := strings.Cut(s, "/")
	if !ok {
		return 0, 0, false
	}
	x, err := strconv.ParseUint(strings.TrimSpace(left), 10, 31)
	if err != nil {
		return 0, 0, false
	}
	y, err := strconv.ParseUint(strings.TrimSpace(right), 10, 31)
	if err != nil {
		return 0, 0, false
	}
	return int(x), int(y), true
}
