//go:build browser

package browser

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/bcrypt"

	"sipspan/internal/dev/player"
	"sipspan/internal/dev/sipgen"
)

// daemon is a sipspan that a test plays to.
type daemon struct {
	page string // its address, with a slash at the end
	hep  string
}

// started starts a daemon with a page and a store. settings are lines of the configuration.
func started(t *testing.T, settings string) *daemon {
	t.Helper()
	free, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &daemon{hep: free.LocalAddr().String()}
	free.Close()
	folder := t.TempDir()
	file := filepath.Join(folder, "sipspan.yaml")
	text := fmt.Sprintf("sensor: probe\nhep: {listen: ['udp:%s']}\nstate: {sessions: false}\nexporters:\n  store: {directory: %s/history, messages: true, min_free: 0}\n  prometheus: {enabled: false}\n%s",
		d.hep, folder, settings)
	if !strings.Contains(settings, "web:") {
		text += "web: {listen: '127.0.0.1:0'}\n"
	}
	if os.Geteuid() == 0 {
		text += "rights: {user: root}\n"
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	run := exec.Command(program, "run", "--config", file)
	run.Env = append(os.Environ(), "TZ=UTC")
	stderr, err := run.StderrPipe()
	if err == nil {
		err = run.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = run.Process.Signal(os.Interrupt); _ = run.Wait() })
	said := bufio.NewReader(stderr)
	var all strings.Builder
	for d.page == "" {
		line, err := said.ReadString('\n')
		all.WriteString(line)
		if m := regexp.MustCompile(`msg=capturing .* web=(\S+)`).FindStringSubmatch(line); m != nil {
			d.page = "http://" + m[1] + "/"
		} else if err != nil {
			t.Fatalf("the daemon has ended: %s", &all)
		}
	}
	go func() { _, _ = io.Copy(io.Discard, said) }()
	return d
}

// plays sends the messages of a capture to the daemon, and waits until so many calls are in its store.
func (d *daemon) plays(t *testing.T, capture string, calls int) {
	t.Helper()
	p, err := player.Load(t.Context(), capture)
	if err == nil {
		err = p.Once(t.Context(), d.hep, 5*time.Millisecond)
	}
	if err != nil {
		t.Fatal(err)
	}
	for begun := time.Now(); d.calls(t) < calls; {
		if time.Since(begun) > 5*time.Minute {
			t.Fatalf("%d of %d calls are in the store", d.calls(t), calls)
		}
	}
}

// calls returns how many calls the API lists.
func (d *daemon) calls(t *testing.T) int {
	t.Helper()
	var list struct{ Records []json.RawMessage }
	if err := json.Unmarshal(d.get(t, "api/v1/calls?limit=1000"), &list); err != nil {
		t.Fatal(err)
	}
	return len(list.Records)
}

// get returns the answer of a path that is to succeed.
func (d *daemon) get(t *testing.T, path string) []byte {
	t.Helper()
	response, err := http.Get(d.page + path)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %v %s", path, response.StatusCode, err, body)
	}
	return body
}

// captured writes the capture of a flow.
func captured(t *testing.T, flow string) string {
	t.Helper()
	f, err := sipgen.ParseFlow(flow)
	if err != nil {
		t.Fatal(err)
	}
	var capture bytes.Buffer
	if err := f.WriteCapture(&capture); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "flow.pcap")
	if err := os.WriteFile(name, capture.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// visit opens a page in a window, in light or dark, with the scripts of the page or without.
func visit(ctx context.Context, t *testing.T, address string, width int64, scheme string, scripts bool) {
	t.Helper()
	err := chromedp.Do(ctx,
		call(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 900, DeviceScaleFactor: 1}),
		media("", scheme), script(scripts), chromedp.Navigate(address),
	)
	if err != nil {
		t.Fatal(err)
	}
}

// text returns what a page shows.
func text(ctx context.Context, t *testing.T) string {
	t.Helper()
	return ask[string](ctx, t, "document.body.innerText + (document.querySelector('svg.ladder')?.textContent ?? '')")
}

// lacks returns what of a page is not as people with a keyboard or a screen reader need it.
const lacks = `(() => {
	const bad = [];
	const named = e => e.getAttribute('aria-label') || e.getAttribute('aria-labelledby') || e.textContent.trim() || e.title;
	for (const e of document.querySelectorAll('input, select')) if (!document.querySelector('label[for="' + e.id + '"]')) bad.push('no label: ' + e.name);
	for (const e of document.querySelectorAll('a, button')) if (!named(e)) bad.push('no name: ' + e.outerHTML);
	for (const e of document.querySelectorAll('th')) if (!e.scope && !e.closest('.uplot')) bad.push('no scope: ' + e.textContent);
	for (const e of document.querySelectorAll('section, nav, [role=img], [role=region]')) if (!named(e) && !e.querySelector('h2')) bad.push('no name: ' + e.tagName);
	for (const tag of ['main', 'header', 'nav', 'footer', 'h1']) if (document.querySelectorAll(tag).length != 1) bad.push(tag + ' is not there once');
	if (!document.documentElement.lang) bad.push('no language');
	for (const e of document.querySelectorAll('[aria-labelledby]')) for (const id of e.getAttribute('aria-labelledby').split(' ')) if (!document.getElementById(id)) bad.push('no #' + id);
	for (const e of document.querySelectorAll('.scroll, .picture')) if (e.scrollWidth > e.clientWidth + 1 && e.tabIndex < 0) bad.push('cannot be scrolled with the keyboard');
	if ([...document.querySelectorAll('[style], style, [onclick], script:not([src])')].some(e => !e.closest('.uplot'))) bad.push('a style or a script within the page');
	const light = c => { const v = c.match(/[\d.]+/g).map(Number).slice(0, 3).map(x => (x /= 255) <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4); return .2126 * v[0] + .7152 * v[1] + .0722 * v[2]; };
	const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (!/, 0\)$/.test(c)) return c; } return 'rgb(255, 255, 255)'; };
	const seen = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let n = seen.nextNode(); n; n = seen.nextNode()) {
		const e = n.parentElement;
		if (!n.textContent.trim() || e.closest('svg, noscript, script, .uplot, [hidden]')) continue;
		const a = light(getComputedStyle(e).color), b = light(behind(e)), contrast = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
		if (contrast < 4.5) bad.push('contrast ' + contrast.toFixed(1) + ': ' + n.textContent.trim().slice(0, 40));
	}
	return bad.join('\n');
})()`

// TestDaemonPages looks at every page of a daemon, in wide and narrow windows, light and dark.
func TestDaemonPages(t *testing.T) {
	ctx := chromium(t)
	d := started(t, "")
	d.plays(t, "../../testdata/sample.pcap", 18)
	var list struct{ Records []struct{ ID string } }
	if err := json.Unmarshal(d.get(t, "api/v1/calls?disposition=failed"), &list); err != nil || len(list.Records) == 0 {
		t.Fatal(err)
	}
	for name, page := range map[string]struct {
		path string
		want []string
	}{
		"now":     {"", []string{"Calls open", "Answers", "Latest calls", "No alert fires", "SIP over UDP"}},
		"calls":   {"calls?disposition=failed", []string{"Number", "Ended as", "failed", "alice@example.com"}},
		"call":    {"calls/" + list.Records[0].ID, []string{"Call, failed", "Who took part", "Ladder", "INVITE", "Why:", "Packets (pcap)"}},
		"person":  {"user?user=alice@example.com", []string{"Registrations", "Subscriptions", "alice@example.com"}},
		"trend":   {"trend?since=1h+ago", []string{"Failures over time", "failures from", "sip 404"}},
		"sensor":  {"sensor", []string{"Sensor probe", "Interfaces", "What is written and sent", "store"}},
		"missing": {"calls/unknown", []string{"No such record"}},
	} {
		for _, width := range []int64{1280, 390} {
			for _, scheme := range []string{"light", "dark"} {
				visit(ctx, t, d.page+page.path, width, scheme, true)
				if strings.Contains("now trend sensor", name) {
					await(ctx, t, "document.querySelector('.chart canvas') != null")
				}
				if picture := snap(ctx, t, fmt.Sprintf("page-%s-%d-%s", name, width, scheme)); bright(picture) != (scheme == "light") {
					t.Errorf("%s at %d: the page is not %s", name, width, scheme)
				}
				if wide := ask[int64](ctx, t, "document.documentElement.scrollWidth"); wide > width {
					t.Errorf("%s: the page is %d wide in a window of %d", name, wide, width)
				}
				seen := text(ctx, t)
				for _, want := range page.want {
					if !strings.Contains(seen, want) {
						t.Errorf("%s at %d: the page does not show %q:\n%s", name, width, want, seen)
					}
				}
				if bad := ask[string](ctx, t, lacks); bad != "" {
					t.Errorf("%s at %d, %s: %s", name, width, scheme, bad)
				}
			}
		}
	}
}

// await returns when an expression is true.
func await(ctx context.Context, t *testing.T, expression string) {
	t.Helper()
	for begun := time.Now(); !ask[bool](ctx, t, expression); {
		if time.Since(begun) > 2*time.Minute {
			t.Fatalf("it does not become true: %s", expression)
		}
	}
}

// TestPersonFindsCall walks from the search to a call as a person does, without script and with the keyboard alone, and compares what its packets hold with its record.
func TestPersonFindsCall(t *testing.T) {
	ctx := chromium(t)
	d := started(t, "")
	d.plays(t, captured(t, scenario(t, "call-busy-at-other-hop")), 1)
	visit(ctx, t, d.page, 1280, "light", false)
	err := chromedp.Do(ctx, script(false),
		chromedp.KeyEvent("\t"), chromedp.KeyEvent("\r"), // to the content
	)
	if err != nil {
		t.Fatal(err)
	}
	if at := ask[string](ctx, t, "document.activeElement.id || location.hash"); at != "main" && at != "#main" {
		t.Errorf("the first key leads to %q", at)
	}
	visit(ctx, t, d.page+"calls", 1280, "light", false)
	err = chromedp.Do(ctx, chromedp.Focus("#f-user"), chromedp.KeyEvent("alice"), chromedp.KeyEvent("\r"), chromedp.WaitReady("td.time a"))
	if err == nil {
		err = chromedp.Do(ctx, chromedp.Focus("td.time a"), chromedp.KeyEvent("\r"), chromedp.WaitReady("svg.ladder"))
	}
	if err != nil {
		t.Fatal(err)
	}
	seen := text(ctx, t)
	for _, want := range []string{"Call, busy", "486 Busy Here", "offer: audio PCMU"} {
		if !strings.Contains(seen, want) {
			t.Errorf("the page does not show %q:\n%s", want, seen)
		}
	}
	link := ask[string](ctx, t, "document.querySelector('a[download]').href")
	packets := d.get(t, strings.TrimPrefix(link, d.page))
	name := filepath.Join(t.TempDir(), "call.pcapng")
	if err := os.WriteFile(name, packets, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(program, "calls", name, "--json").Output()
	if err != nil {
		t.Fatal(err)
	}
	var one struct{ Record map[string]any }
	if err := json.Unmarshal(d.get(t, "api/v1/calls/"+filepath.Base(strings.TrimSuffix(link, "/pcap"))), &one); err != nil {
		t.Fatal(err)
	}
	var again map[string]any
	if err := json.Unmarshal(out, &again); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, of := range []map[string]any{one.Record, again} {
		delete(of, "sensor")
		delete(of, "capture") // it came from an agent
	}
	if diff := cmp.Diff(one.Record, again); diff != "" {
		t.Error(diff)
	}
}

// TestHostileCall shows a call whose texts would like to be more than texts.
func TestHostileCall(t *testing.T) {
	ctx := chromium(t)
	d := started(t, "")
	long := strings.Repeat("x", 10_000)
	d.plays(t, captured(t, fmt.Sprintf("hosts: a=192.0.2.10 b=192.0.2.11\n@0 a -> b udp\nINVITE sip:bob@example.net SIP/2.0\nVia: SIP/2.0/UDP a.example.com;branch=z9hG4bK1\n"+
		"From: \"<script>document.title='taken'</script><img src=x onerror=alert(1)>\u202e\x1b[2J%[1]s\" <sip:%%3Cscript%%3E@example.com>;tag=1\nTo: <sip:bob@example.net>\n"+
		"Call-ID: \"><script>document.title='taken'</script>@a\nUser-Agent: </text></svg><script>document.title='taken'</script>\nCSeq: 1 INVITE\nMax-Forwards: 70\nContent-Length: 0\n\n"+
		"@0.1 b -> a udp\nSIP/2.0 486 <b>busy</b>\nVia: SIP/2.0/UDP a.example.com;branch=z9hG4bK1\nFrom: <sip:%%3Cscript%%3E@example.com>;tag=1\nTo: <sip:bob@example.net>;tag=2\n"+
		"Call-ID: \"><script>document.title='taken'</script>@a\nCSeq: 1 INVITE\nReason: Q.850;cause=17;text=\"<script>\"\nContent-Length: 0\n\n", long)), 1)
	var list struct{ Records []struct{ ID string } }
	if err := json.Unmarshal(d.get(t, "api/v1/calls"), &list); err != nil {
		t.Fatal(err)
	}
	for _, page := range []string{"", "calls", "calls/" + list.Records[0].ID, "failures", "trend", "user?user=%3Cscript%3E@example.com"} {
		for _, width := range []int64{1280, 390} {
			visit(ctx, t, d.page+page, width, "light", true)
			if title := ask[string](ctx, t, "document.title"); !strings.HasSuffix(title, "sipspan") {
				t.Errorf("%s: the title is %q", page, title)
			}
			if n := ask[int64](ctx, t, "document.querySelectorAll('main script, main img, main b, main iframe').length"); n != 0 {
				t.Errorf("%s: %d elements came from the wire", page, n)
			}
			if wide := ask[int64](ctx, t, "document.documentElement.scrollWidth"); wide > width {
				t.Errorf("%s: the page is %d wide in a window of %d", page, wide, width)
			}
			if seen := text(ctx, t); strings.ContainsAny(seen, "\x1b\u202e") {
				t.Errorf("%s: the page has control characters", page)
			}
		}
	}
}

// TestPassword checks that a page with a password asks for it, and shows itself to who has it.
func TestPassword(t *testing.T) {
	ctx := chromium(t)
	hash, err := bcrypt.GenerateFromPassword([]byte("opensesame"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "web.yaml")
	if err := os.WriteFile(file, []byte("basic_auth_users:\n  alice: "+string(hash)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := started(t, "web: {listen: '127.0.0.1:0', web_config_file: "+file+"}\n")
	for _, path := range []string{"", "calls", "live", "api/v1/status", "api/v1/calls/x/pcap", "assets/x/page.css"} {
		response, err := http.Get(d.page + path)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusUnauthorized || !strings.HasPrefix(response.Header.Get("WWW-Authenticate"), "Basic") {
			t.Errorf("%s without a password: %d %v", path, response.StatusCode, response.Header)
		}
	}
	visit(ctx, t, strings.Replace(d.page, "http://", "http://alice:opensesame@", 1), 1280, "light", true)
	if seen := text(ctx, t); !strings.Contains(seen, "Calls open") {
		t.Errorf("the page is not shown: %s", seen)
	}
}
