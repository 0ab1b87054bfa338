package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"time"

	"sipspan/alert"
	"sipspan/alert/advice"
	"sipspan/exporters/notify/alertmanager"
	"sipspan/exporters/notify/message"
	"sipspan/record"
)

const examplesHead = `# What an alert looks like

This page is written by the alert engine itself: an hour in which a site calls through a proxy and a trunk, and five minutes in which the trunk answers 503, of which the
proxy makes 500 (RFC 3261 section 16.7). It is one fault, and one alert, delivered twice: when it begins and when it is over. [Alerts](alerts.md) lists the rules,
[Delivery](delivery.md) says how each destination is set up.
`

// sequence is the alerts of the example, as a sensor hands them on.
func sequence() (handed []*record.Alert) {
	place := advice.Place{Records: "/var/lib/sipspan/records", Base: "https://span1.example.com:9506", Pcaps: "https://span1.example.com/captures"}
	e := alert.New(alert.DefaultConfig(), "span1", func(a *record.Alert) {
		b := *a
		b.Pcap = "/var/lib/sipspan/captures/alert-20260302T100000Z-" + a.Rule + "-" + a.ID + ".pcap"
		handed = append(handed, place.Complete(&b))
	})
	begin := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC).UnixNano()
	at := func(host byte) netip.AddrPort {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, host}), 5060)
	}
	for i := range 80 * 60 {
		far, near := 200, 200
		if i >= 3600 && i < 3900 {
			far, near = 503, 500
		}
		now, id := begin+int64(i)*int64(time.Second), fmt.Sprintf("%d@site.example.com", i)
		e.Signal(&record.Signal{Time: now, Method: "INVITE", Status: far, Src: at(20), Dst: at(30), From: "proxy", To: "trunk", CallID: id, Target: uint64(i), Delay: time.Second})
		e.Signal(&record.Signal{Time: now + 1, Method: "INVITE", Status: near, Src: at(10), Dst: at(20), From: "site", To: "proxy", CallID: id, Target: uint64(i), Delay: time.Second, First: true})
	}
	return handed
}

// writeExamples writes the alerts of the example as each destination gets them.
func writeExamples(w io.Writer) error {
	var out bytes.Buffer
	out.WriteString(examplesHead)
	for _, a := range sequence() {
		fmt.Fprintf(&out, "\n## When it is %s\n", a.State)
		var line bytes.Buffer
		slog.New(slog.NewTextHandler(&line, &slog.HandlerOptions{ReplaceAttr: timeless})).LogAttrs(context.Background(), slog.LevelError, "alert "+a.State, message.Attrs(a)...)
		body, err := (&alertmanager.Config{RepeatEvery: time.Minute}).Body(a, time.Unix(0, max(a.End, a.Start)).Add(30*time.Second))
		if err != nil {
			return err
		}
		for _, part := range []struct{ title, form, text string }{
			{"The log of the daemon", "text", line.String()},
			{"A chat", "text", message.Chat(a)},
			{"A mail", "text", "Subject: " + message.Title(a) + "\n\n" + message.Mail(a)},
			{"The file, the webhook without a template, and the command", "json", indented(a.AppendJSON(nil))},
			{"Alertmanager", "json", indented(body)},
		} {
			fmt.Fprintf(&out, "\n### %s, %s\n\n```%s\n%s\n```\n", part.title, a.State, part.form, bytes.TrimRight([]byte(part.text), "\n"))
		}
	}
	_, err := out.WriteTo(w)
	return err
}

// timeless leaves the time of a line out.
func timeless(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}

func indented(text []byte) string {
	var out bytes.Buffer
	if err := json.Indent(&out, text, "", "  "); err != nil {
		return err.Error()
	}
	return out.String()
}
