package advice

import (
	"strings"
	"testing"
	"time"

	"sipspan/alert"
	"sipspan/record"
)

func TestComplete(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 0, 30, 5, time.UTC).UnixNano()
	a := &record.Alert{Rule: "invite-5xx", Type: alert.StatusRatio, Command: "failures --peer 192.0.2.20 --status 5xx", Pcap: "/var/captures/alert-1 2.pcap"}
	a.Start = at
	over := *a
	over.End = at + int64(time.Hour)
	own := *a
	own.Rule, own.Pcap = "mine", ""
	for _, test := range []struct {
		name  string
		place Place
		alert *record.Alert
		want  [4]string // command, runbook, page, pcap
	}{
		{"all", Place{Records: "/var/lib/sip span", Base: "https://s.example:9506/", Runbook: "https://wiki.example/a", Pcaps: "https://p.example/x"}, a, [4]string{
			"sipspan failures --peer 192.0.2.20 --status 5xx --since 2026-03-02T08:58:30Z '/var/lib/sip span'", "https://wiki.example/a#invite-5xx",
			"https://s.example:9506/", "https://p.example/x/alert-1%202.pcap",
		}},
		{"over", Place{Records: "/r", Base: "https://s.example"}, &over, [4]string{
			"sipspan failures --peer 192.0.2.20 --status 5xx --since 2026-03-02T08:58:30Z --until 2026-03-02T10:00:31Z /r", "https://s.example/alerts#invite-5xx",
			"https://s.example/", "",
		}},
		{"no records", Place{}, a, [4]string{"sipspan failures '/var/captures/alert-1 2.pcap'", "", "", ""}},
		{"nothing", Place{Base: "http://s.example", Pcaps: "http://p.example"}, &own, [4]string{"", "http://s.example/alerts#status_ratio", "http://s.example/", ""}},
		{"a place on a page", Place{Runbook: "https://wiki.example/a#sip"}, &own, [4]string{"", "https://wiki.example/a#sip", "", ""}},
	} {
		b := test.place.Complete(test.alert)
		if got := [4]string{b.Command, b.RunbookURL, b.PageURL, b.PcapURL}; got != test.want {
			t.Errorf("%s: got\n%s\nwant\n%s", test.name, strings.Join(got[:], "\n"), strings.Join(test.want[:], "\n"))
		}
	}
	if a.PageURL != "" || a.Command != "failures --peer 192.0.2.20 --status 5xx" {
		t.Error("the alert itself was changed")
	}
}

func TestPageHasEveryRule(t *testing.T) {
	text, err := Page()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range alert.DefaultRules() {
		if n := strings.Count(string(text), `<h2 id="`+r.Name+`">`); n != 1 {
			t.Errorf("%s is there %d times", r.Name, n)
		}
	}
	for _, name := range alert.Types() {
		if n := strings.Count(string(text), `<h2 id="`+name+`">`); n != 1 {
			t.Errorf("%s is there %d times", name, n)
		}
	}
	if strings.ContainsAny(string(text), "`[]") {
		t.Error("there are marks of Markdown left")
	}
}
