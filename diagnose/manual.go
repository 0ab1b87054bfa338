package diagnose

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

const preface = `# Diagnoses

Every failed or odd request, call, registration and subscription gets a ` + "`cause`" + ` with one sentence that says why. This page
lists all of them: the identifier, what must have been seen, the sentence, and what to do. It is written from the code.

When several fit, the best source holds: what an element says itself before what can be inferred, and the particular
before the general. Diagnoses of Microsoft's servers come first, then Reason, Warning, the pattern of authentication,
loops, the state of the dialog, PRACK, Replaces, overload, what was not acceptable and what would be, ICMP, TCP, TLS, SCTP and WebSocket, NAT,
timers, ringing, and in the end the status code with what it means for the kind of request: a re-INVITE or a re-SUBSCRIBE is
that method inside a dialog. A Reason in a response is what an element got from further on; in a BYE or CANCEL it is why its
sender sent that. A 101 Progress Report with ms-diagnostics 13004 is progress and has no cause.

In the sentences, ` + "`{event}`" + ` stands for what happened and who did it, such as “INVITE was refused by 192.0.2.10:5060”, and the
other names in braces for what the messages hold. The explanation in a record is the sentence, a semicolon, and what to do.
`

// sections is the order of the page.
var sections = [...]struct {
	source       Source
	title, about string
}{
	{MSDiagnostics, "Microsoft diagnostics", "What ms-diagnostics, ms-diagnostics-public and ms-client-diagnostics say in a final response, a BYE or a CANCEL."},
	{Q850, "Q.850 causes", "What a Reason field tells of the telephone network, in a final response, a BYE or a CANCEL."},
	{Reason, "Other reasons", "What else a Reason field tells (RFC 3326)."},
	{Warning, "Warnings", "What a Warning field tells (RFC 3261 section 20.43)."},
	{SIP, "SIP signalling", "What the messages show, and what a status code means, alone or with the method."},
	{ICMP, "ICMP errors", "What routers and hosts said of the packets."},
	{TCP, "Connections", "What became of the connection."},
	{TLS, "TLS", "What became of the handshake."},
	{SCTP, "SCTP", "What became of the association."},
	{WebSocket, "WebSocket", "What became of the WebSocket connection."},
	{Timeout, "Timers", "What was waited for in vain."},
}

// WriteManual writes the manual's page of all diagnoses.
func WriteManual(w io.Writer) error {
	var b bytes.Buffer
	b.WriteString(preface)
	for _, s := range sections {
		fmt.Fprintf(&b, "\n## %s\n\n%s `source` is `%s`.\n\n", s.title, s.about, s.source)
		b.WriteString("| | rests on | sentence | what to do |\n| --- | --- | --- | --- |\n")
		for _, d := range table {
			if d.Source == s.source {
				fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", d.ID, cell(d.RestsOn), cell(d.Sentence), cell(orElse(d.Action, "–")))
			}
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
