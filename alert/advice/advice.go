package advice

import (
	"net/url"
	"path"
	"strings"
	"time"

	"sipspan/alert"
	"sipspan/record"
)

// RunbookPath is where a sensor serves the page of what to do.
const RunbookPath = "/alerts"

// Place is where things are to be found.
type Place struct {
	Records string // folder of the record files, an absolute path; "" where none are written
	Base    string // address of the sensor; "" where it serves no pages
	Runbook string // page of what to do; "" for the one that the sensor serves
	Pcaps   string // address of the folder of captures; "" where it is not served
}

// before is how long before the beginning of a fault the calls that it is about may have begun: what nobody responds to is known after 32
// seconds, and calls ring.
const before = 2 * time.Minute

// Complete returns the alert with the command and the addresses. The alert itself is not changed.
func (p *Place) Complete(a *record.Alert) *record.Alert {
	b := *a
	b.Command = p.command(a)
	if p.Base != "" {
		b.PageURL = strings.TrimRight(p.Base, "/") + "/"
	}
	switch {
	case strings.Contains(p.Runbook, "#"):
		b.RunbookURL = p.Runbook
	case p.Runbook != "":
		b.RunbookURL = p.Runbook + "#" + a.Rule
	case p.Base != "":
		b.RunbookURL = strings.TrimRight(p.Base, "/") + RunbookPath + "#" + section(a)
	}
	if p.Pcaps != "" && a.Pcap != "" {
		b.PcapURL = strings.TrimRight(p.Pcaps, "/") + "/" + url.PathEscape(path.Base(a.Pcap))
	}
	return &b
}

// section is the place on the page of what to do: of the rule, or of its type where the rule is one of the configuration.
func section(a *record.Alert) string {
	if alert.Runbook(a.Rule) != "" {
		return a.Rule
	}
	return a.Type
}

// command returns the command line. Its capture is looked at where no records are written.
func (p *Place) command(a *record.Alert) string {
	switch {
	case a.Command == "":
		return ""
	case p.Records == "" && a.Pcap == "":
		return ""
	case p.Records == "":
		return "sipspan failures " + quoted(a.Pcap)
	}
	words := strings.Fields(a.Command)
	for i := range words {
		words[i] = quoted(words[i])
	}
	line := "sipspan " + strings.Join(words, " ")
	if a.Start > 0 {
		line += " --since " + stamp(time.Unix(0, a.Start).Add(-before))
	}
	if a.End > 0 {
		line += " --until " + stamp(time.Unix(0, a.End).Add(time.Second))
	}
	return line + " " + quoted(p.Records)
}

func stamp(t time.Time) string { return t.UTC().Truncate(time.Second).Format(time.RFC3339) }

// quoted returns a word as a POSIX shell reads it.
func quoted(word string) string {
	plain := word != "" && !strings.ContainsFunc(word, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-_./:,+@%", r)
	})
	if plain {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
