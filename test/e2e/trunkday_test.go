//go:build e2e

package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// TestTheDayOf503 lets a trunk behind Kamailio refuse every call with 503 for a while. One critical alert names the trunk, with the cause, the
// calls and a capture, and is over when the trunk takes calls again; the same in Alertmanager, a chat, mail, the log, the files and on the page.
func TestTheDayOf503(t *testing.T) {
	folder := t.ArtifactDir()
	prepareNetwork(t)
	binary := build(t, filepath.Join(folder, "sipspan"), "")
	kamailio := startKamailio(t, folder)
	told := startReceiver(t)
	startAlertmanager(t, folder, told.url)
	chat, letters := startChat(t), startMailServer(t)
	live := startWatchingTrunk(t, folder, binary, chat.host, letters.host)

	day := newRounds(t, folder).stage(scenario{name: "day"})
	day.register(day.to)
	long := forLong(day.name)
	answers := func() (phone, calls *program) {
		return day.play("phone-answers", day.name, day.to, values{Ring: 50}, long...), day.play("call", day.name, day.from, values{Talk: 200}, long...)
	}
	phone, calls := answers()
	await(t, "calls are answered", func() error {
		if n := number(live.status(t)["messages"]); n < 300 {
			return fmt.Errorf("%v messages", n)
		}
		return nil
	})
	calls.kill()
	phone.kill()

	refused := forLong("refused")
	phone = day.play("phone-refuses", "refused", day.to, values{Status: 503, Reason: "Service Unavailable"}, refused...)
	calls = day.play("call-refused", "refused", day.from, values{Status: refusedStatus}, refused...)
	channels := []channel{{"Alertmanager", told.lines}, {"chat", chat.lines}, {"mail", letters.lines}, {"log", live.logged(t)}, {"file", appended(folder)}, {"page", pageAlerts(t)}}
	for _, c := range channels {
		awaitLong(t, c.name+" has the alert", func() error { return c.has("firing", 1) })
	}
	if html := fetchPage(t, "/", nil); !strings.Contains(html, `class="alert"`) || strings.Contains(html, "No alert fires") {
		t.Errorf("the alert is not on the page:\n%s", html)
	}
	calls.kill()
	phone.kill()
	phone, calls = answers()
	for _, c := range channels {
		awaitLong(t, c.name+" has the end of the alert", func() error { return c.has("resolved", 1) })
	}
	if html := fetchPage(t, "/", nil); strings.Contains(html, `class="alert"`) || !strings.Contains(html, "No alert fires") {
		t.Errorf("the alert is still on the page:\n%s", html)
	}
	calls.kill()
	phone.kill()
	kamailio.stop(t)
	channels = slices.DeleteFunc(channels, func(c channel) bool { return c.name == "page" }) // which ends with the daemon
	live.stop(t)
	for _, c := range channels {
		if err := c.has("firing", 1); err != nil {
			t.Error(err)
		}
	}
	t.Run("what the alert holds", func(t *testing.T) { holdsAll(t, binary, folder) })
}

// refusedStatus is what Kamailio makes of a 503 (RFC 3261 section 16.7): only who is overloaded itself may say so.
const refusedStatus = 500

// startWatchingTrunk starts the daemon with rules that make up their mind soon, and with every destination of alerts.
func startWatchingTrunk(t *testing.T, folder, binary, chat, mail string) *daemon {
	t.Helper()
	config, records := filepath.Join(folder, "sipspan.yaml"), filepath.Join(folder, "records")
	text := fmt.Sprintf(`
sensor: %s
session: {peers: [{name: proxy, addresses: [%s]}, {name: site, addresses: [%s0/24]}, {name: trunk, addresses: [%s0/24]}]}
alerts:
  interval: 1s
  base_url: https://sensor.example:9506
  rules:
    - {name: invite-5xx, window: 15s, for: 1s, resolve_after: 5s, cool_down: 0s}
web: {listen: %q}
exporters:
  files: {directory: %s}
  prometheus: {listen: %q}
  alert:
    file: %s
    pcap: %s
    alertmanager: {urls: ["http://%s"], repeat_every: 5s}
    chat: {urls: ["mattermost://%s/token?disabletls=yes"]}
    mail: {server: %q, security: none, from: sipspan@example.com, to: [noc@example.com]}
`, sensor, proxy, callers, phones, pageAddress, records, metricsAddress, filepath.Join(folder, "alerts.jsonl"), filepath.Join(folder, "pcap"), alertmanagerAddress, chat, mail)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, folder, binary, "run", "-i", "lo", "--immediate", "--config", config, "--log-format", "json")
	p.says(t, `"msg":"capturing"`)
	return &daemon{program: p, records: records}
}

// channel is a way on which alerts come. Each line that it returns begins with the state and the severity.
type channel struct {
	name  string
	lines func() []string
}

// has returns an error unless as many critical alerts came in a state, each about the trunk.
func (c *channel) has(state string, n int) error {
	var got []string
	for _, line := range c.lines() {
		if strings.HasPrefix(line, state+" critical ") {
			got = append(got, line)
		}
	}
	switch {
	case len(got) > n:
		return fatal{fmt.Errorf("%s has %d critical alerts that are %s, %d expected:\n%s", c.name, len(got), state, n, strings.Join(got, "\n"))}
	case len(got) < n:
		return fmt.Errorf("%s has %q", c.name, c.lines())
	}
	for _, line := range got {
		if !strings.Contains(line, "trunk") || !strings.Contains(line, "503") {
			return fatal{fmt.Errorf("%s does not name the trunk and its 503: %s", c.name, line)}
		}
	}
	return nil
}

// awaitLong waits as long as a spike takes to be found, and to be over.
func awaitLong(t *testing.T, what string, ask func() error) {
	t.Helper()
	eventuallyWithin(t, longEnough/2, what, ask)
}

func (r *receiver) lines() (all []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, n := range r.notices {
		line := n.Status + " " + n.Labels["severity"] + " " + n.Labels["alertname"] + " origin " + n.Labels["origin"] + ": " + n.Annotations["summary"]
		if !slices.Contains(all, line) { // a notice that Alertmanager repeats
			all = append(all, line)
		}
	}
	return all
}

// startedChat is a server of Mattermost.
type startedChat struct {
	host string
	mu   sync.Mutex
	all  []string
}

func startChat(t *testing.T) *startedChat {
	t.Helper()
	c := &startedChat{}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(c.take), ReadHeaderTimeout: patience}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { server.Close() })
	c.host = listener.Addr().String()
	return c
}

func (c *startedChat) take(w http.ResponseWriter, r *http.Request) {
	var body struct{ Text string }
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil || r.URL.Path != "/hooks/token" {
		http.Error(w, "what?", http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = append(c.all, body.Text)
}

func (c *startedChat) lines() (all []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, text := range c.all {
		all = append(all, stateOf(text)+" "+strings.ReplaceAll(text, "\n", "; "))
	}
	return all
}

// stateOf reads the state and the severity out of a text for people.
func stateOf(text string) string {
	severity := "warning"
	if strings.Contains(text, "Rule: ") && strings.Contains(text, ", critical") {
		severity = "critical"
	}
	if strings.Contains(text, "RESOLVED") {
		return "resolved " + severity
	}
	return "firing " + severity
}

// mailServer takes mails.
type mailServer struct {
	host string
	mu   sync.Mutex
	all  []string
}

func startMailServer(t *testing.T) *mailServer {
	t.Helper()
	m := &mailServer{}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	m.host = listener.Addr().String()
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go m.talk(c)
		}
	}()
	return m
}

func (m *mailServer) talk(c net.Conn) {
	defer c.Close()
	in := bufio.NewReader(c)
	say := func(text string) { _, _ = io.WriteString(c, text+"\r\n") }
	say("220 test")
	var text strings.Builder
	inside := false
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		switch {
		case inside && line == ".\r\n":
			inside = false
			m.mu.Lock()
			m.all = append(m.all, text.String())
			m.mu.Unlock()
			text.Reset()
			say("250 taken")
		case inside:
			text.WriteString(line)
		case strings.HasPrefix(line, "EHLO"):
			say("250-test\r\n250 8BITMIME")
		case strings.HasPrefix(line, "DATA"):
			inside = true
			say("354 go on")
		case strings.HasPrefix(line, "QUIT"):
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func (m *mailServer) lines() (all []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, letter := range m.all {
		text := strings.ReplaceAll(letter, "=\r\n", "") // quoted-printable
		all = append(all, stateOf(text)+" "+strings.Join(strings.Fields(text), " "))
	}
	return all
}

// logged returns what the daemon has logged of alerts.
func (d *daemon) logged(t *testing.T) func() []string {
	return func() (all []string) {
		text, err := os.ReadFile(d.output)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			var l struct{ Msg, Severity, Origin, Summary string }
			if !strings.HasSuffix(line, "\n") || json.Unmarshal([]byte(line), &l) != nil || !strings.HasPrefix(l.Msg, "alert ") {
				continue
			}
			all = append(all, strings.TrimPrefix(l.Msg, "alert ")+" "+l.Severity+" "+l.Origin+": "+line)
		}
		return all
	}
}

// written is an alert in the file of alerts.
type writtenAlert struct {
	State, Severity, Rule, Origin, Summary, Pcap, Command string
	LikelyCause                                           string `json:"likely_cause"`
	LookAt                                                string `json:"look_at"`
	RunbookURL                                            string `json:"runbook_url"`
	Labels                                                map[string]string
	Samples                                               []string
	Events, Of                                            int
	TopCauses                                             map[string]int `json:"top_causes"`
	TopPeers                                              map[string]int `json:"top_peers"`
	Symptoms                                              []struct{ Rule string }
}

func alertsIn(folder string) (all []writtenAlert) {
	text, _ := os.ReadFile(filepath.Join(folder, "alerts.jsonl")) // there is none before the first alert
	for line := range strings.Lines(string(text)) {
		var a writtenAlert
		if json.Unmarshal([]byte(line), &a) == nil {
			all = append(all, a)
		}
	}
	return all
}

// appended returns what is in the file of alerts.
func appended(folder string) func() []string {
	return func() (all []string) {
		for _, a := range alertsIn(folder) {
			all = append(all, a.State+" "+a.Severity+" "+a.Rule+" origin "+a.Origin+": "+a.Summary)
		}
		return all
	}
}

// holdsAll looks at what a person needs: cause, calls, capture, and a command that lists the calls.
func holdsAll(t *testing.T, binary, folder string) {
	all := alertsIn(folder)
	i := slices.IndexFunc(all, func(a writtenAlert) bool { return a.State == "firing" && a.Severity == "critical" })
	if i < 0 {
		t.Fatalf("no critical alert in %+v", all)
	}
	a := all[i]
	if a.Origin != "trunk" || a.Labels["origin"] != "trunk" || a.Labels["peer"] == "site" || a.Rule != "invite-5xx" {
		t.Errorf("it is about %q, %v", a.Origin, a.Labels)
	}
	if !strings.Contains(a.LikelyCause, "503") || !strings.Contains(a.LikelyCause, "trunk") || a.TopCauses["sip 503"] != a.Events || !strings.Contains(a.LookAt, "trunk") {
		t.Errorf("the likely cause is %q, to look at is %q", a.LikelyCause, a.LookAt)
	}
	if a.RunbookURL != "https://sensor.example:9506/alerts#invite-5xx" || len(a.Symptoms) == 0 {
		t.Errorf("what to do is at %q, the other symptoms are %v", a.RunbookURL, a.Symptoms)
	}
	if sum(a.TopCauses) != a.Events || sum(a.TopPeers) != a.Events || a.TopPeers["trunk"] == 0 || a.Of < a.Events {
		t.Errorf("%d of %d, by cause %v, by who generated them %v", a.Events, a.Of, a.TopCauses, a.TopPeers)
	}
	for _, id := range a.Samples {
		if !strings.HasPrefix(id, "refused-") {
			t.Errorf("%s is no call that was refused", id)
		}
	}
	captured := 0
	for _, c := range parseRows(t, read(t, binary, a.Pcap)) {
		if c.kind() == "call" {
			captured++
			if !slices.Contains(a.Samples, c.callID()) {
				t.Errorf("in the capture is %s", compact(c))
			}
		}
	}
	if captured == 0 || len(a.Samples) == 0 {
		t.Errorf("%d calls in the capture of the samples %v", captured, a.Samples)
	}
	words := strings.Fields(a.Command)
	if len(words) < 3 || words[0] != "sipspan" {
		t.Fatalf("the command is %q", a.Command)
	}
	listed := string(run(t, binary, append(words[1:], "--json")...))
	if n := strings.Count(listed, `"call_id":"refused-`); n < a.Events/2 || strings.Contains(listed, `"call_id":"day-`) {
		t.Errorf("%s lists %d calls that were refused:\n%.2000s", a.Command, n, listed)
	}
}

func sum(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}
