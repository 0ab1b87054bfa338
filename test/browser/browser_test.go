//go:build browser

package browser

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"image"
	_ "image/png"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/rogpeppe/go-internal/txtar"

	"sipspan/internal/dev/sipgen"
)

var pictures = flag.String("pictures", "", "write pictures of the pages into this folder")

// program is the sipspan that is tested.
var program string

func TestMain(m *testing.M) {
	flag.Parse()
	folder, err := os.MkdirTemp("", "browser")
	if err == nil {
		program = filepath.Join(folder, "sipspan")
		var out []byte
		if out, err = exec.Command("go", "build", "-o", program, "sipspan/cmd/sipspan").CombinedOutput(); err != nil {
			err = fmt.Errorf("%w: %s", err, out)
		}
	}
	code := 1
	if err == nil {
		code = m.Run()
	} else {
		fmt.Fprintln(os.Stderr, err)
	}
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

// chromium starts a browser for one test.
func chromium(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU)
	ctx, end := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(end)
	ctx, closing := chromedp.NewContext(ctx)
	t.Cleanup(closing)
	ctx, late := context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(late)
	return ctx
}

// shown writes what “sipspan show” prints of a flow, and returns its URL.
func shown(t *testing.T, flow, format string, flags ...string) string {
	t.Helper()
	return printed(t, flow, format, func(capture string) []string {
		return append([]string{"show", capture, "--tz", "UTC", "--format", format}, flags...)
	})
}

// printed writes what a command line prints of the capture of a flow, and returns its URL.
func printed(t *testing.T, flow, format string, line func(capture string) []string) string {
	t.Helper()
	f, err := sipgen.ParseFlow(flow)
	if err != nil {
		t.Fatal(err)
	}
	var capture bytes.Buffer
	if err := f.WriteCapture(&capture); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	name := filepath.Join(folder, "flow.pcap")
	if err := os.WriteFile(name, capture.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(program, line(name)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "shown."+format)
	if err := os.WriteFile(file, out, 0o600); err != nil {
		t.Fatal(err)
	}
	return (&url.URL{Scheme: "file", Path: file}).String()
}

// scenario returns the flow of a scenario.
func scenario(t *testing.T, name string) string {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join("../../testdata/golden", name+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	return string(archive.Files[0].Data)
}

// open shows a URL in a window, in light or dark, without script.
func open(ctx context.Context, t *testing.T, address string, width, height int64, scheme string) {
	t.Helper()
	err := chromedp.Do(ctx,
		call(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1}),
		media("", scheme), script(false), chromedp.Navigate(address),
	)
	if err != nil {
		t.Fatal(err)
	}
}

// call is an action that runs a command of the browser.
func call[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, command, params)
		return err
	})
}

// media sets the medium, "" for the screen, and whether a person prefers light or dark.
func media(medium, scheme string) chromedp.Action[chromedp.Void] {
	return call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Media: medium, Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
}

// script allows the scripts of pages, or forbids them.
func script(allowed bool) chromedp.Action[chromedp.Void] {
	return call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !allowed})
}

// ask evaluates an expression, which is the test's own script.
func ask[T any](ctx context.Context, t *testing.T, expression string) (v T) {
	t.Helper()
	err := chromedp.Do(ctx, script(true))
	if err == nil {
		v, err = chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	}
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// snap takes a picture, and keeps it where that is asked for.
func snap(ctx context.Context, t *testing.T, name string) image.Image {
	t.Helper()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	if *pictures != "" {
		if err := os.WriteFile(filepath.Join(*pictures, name+".png"), png, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	picture, _, err := image.Decode(bytes.NewReader(png))
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

// bright reports whether the corner of a picture is light.
func bright(picture image.Image) bool {
	r, g, b, _ := picture.At(2, 2).RGBA()
	return r+g+b > 3*0x8000
}

// A page shows the ladder, the parties, the media and the cause, in wide and narrow windows, light and dark, without script.
func TestPage(t *testing.T) {
	ctx := chromium(t)
	for _, of := range []string{"service-transfer-attended", "call-busy-at-other-hop"} {
		address := shown(t, scenario(t, of), "html")
		for _, width := range []int64{1280, 390} {
			for _, scheme := range []string{"light", "dark"} {
				open(ctx, t, address, width, 900, scheme)
				picture := snap(ctx, t, fmt.Sprintf("show-%s-%d-%s", of, width, scheme))
				if bright(picture) != (scheme == "light") {
					t.Errorf("%s at %d: the page is not %s", of, width, scheme)
				}
				if wide := ask[int64](ctx, t, "document.documentElement.scrollWidth"); wide > width {
					t.Errorf("%s: the page is %d wide in a window of %d", of, wide, width)
				}
				seen := ask[string](ctx, t, "document.body.innerText") + ask[string](ctx, t, "document.querySelector('svg').textContent")
				for _, want := range []string{"Who took part", "INVITE", "192.0.2.10:5060", "offer: audio PCMU"} {
					if !strings.Contains(seen, want) {
						t.Errorf("%s at %d: the page does not show %q", of, width, want)
					}
				}
			}
		}
	}
}

// The report as a page has its tables, charts and the ladder of what failed, in wide and narrow windows, light and dark, without
// script, and on paper.
func TestReport(t *testing.T) {
	ctx := chromium(t)
	address := printed(t, scenario(t, "call-busy-at-other-hop"), "html", func(capture string) []string {
		return []string{"read", capture, "--tz", "UTC", "--html", "-"}
	})
	for _, width := range []int64{1280, 390} {
		for _, scheme := range []string{"light", "dark"} {
			open(ctx, t, address, width, 900, scheme)
			if picture := snap(ctx, t, fmt.Sprintf("report-%d-%s", width, scheme)); bright(picture) != (scheme == "light") {
				t.Errorf("at %d: the page is not %s", width, scheme)
			}
			if wide := ask[int64](ctx, t, "document.documentElement.scrollWidth"); wide > width {
				t.Errorf("the page is %d wide in a window of %d", wide, width)
			}
			seen := ask[string](ctx, t, "document.body.innerText") + ask[string](ctx, t, "document.querySelector('svg').textContent")
			for _, want := range []string{"Traffic", "Calls", "busy", "Failures", "486 Busy Here", "What failed", "INVITE", "192.0.2.10:5060"} {
				if !strings.Contains(seen, want) {
					t.Errorf("at %d: the page does not show %q", width, want)
				}
			}
			if bars := ask[float64](ctx, t, "document.querySelector('.bar').getBoundingClientRect().width"); bars < 10 {
				t.Errorf("at %d: the bar is %v wide", width, bars)
			}
		}
	}
	for _, hostile := range []string{"document.scripts.length", "document.querySelectorAll('link, img, iframe, script').length"} {
		if n := ask[int64](ctx, t, hostile); n != 0 {
			t.Errorf("%s is %d", hostile, n)
		}
	}
}

// Every text of a picture lies within it, and no label within another one's place.
func TestPictureFits(t *testing.T) {
	ctx := chromium(t)
	for _, of := range []string{"call-forked", "service-transfer-attended", "cause-timer-far-hop", "event-presence-two-watchers"} {
		open(ctx, t, shown(t, scenario(t, of), "svg"), 1280, 900, "light")
		snap(ctx, t, "show-"+of+"-svg")
		for _, fault := range ask[[]string](ctx, t, faults) {
			t.Errorf("%s: %s", of, fault)
		}
		if title := ask[string](ctx, t, "document.querySelector('title').textContent"); title == "" {
			t.Errorf("%s: no title", of)
		}
	}
}

// faults finds texts that lie outside of the picture, and texts that overlap.
const faults = `(() => {
	const found = [], paper = document.querySelector('svg').getBoundingClientRect();
	const texts = [...document.querySelectorAll('svg text')].map(e => ({text: e.textContent, box: e.getBoundingClientRect()}));
	for (const t of texts) {
		if (t.box.left < paper.left || t.box.right > paper.right + 1 || t.box.bottom > paper.bottom + 1) found.push('outside: ' + t.text);
	}
	for (let i = 0; i < texts.length; i++) for (let j = i + 1; j < texts.length; j++) {
		const a = texts[i].box, b = texts[j].box;
		const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left), high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
		if (wide > 2 && high > 5) found.push('overlap: ' + texts[i].text + ' / ' + texts[j].text);
	}
	return found;
})()`

// The messages are there without script, and unfold.
func TestMessagesUnfold(t *testing.T) {
	ctx := chromium(t)
	open(ctx, t, shown(t, scenario(t, "call-busy-at-other-hop"), "html"), 1280, 900, "light")
	if seen := ask[string](ctx, t, "document.body.innerText"); strings.Contains(seen, "Max-Forwards") {
		t.Error("messages are shown before anybody asks for them")
	}
	x := ask[float64](ctx, t, "(document.querySelector('summary').scrollIntoView(), document.querySelector('summary').getBoundingClientRect().left)")
	y := ask[float64](ctx, t, "document.querySelector('summary').getBoundingClientRect().top")
	if err := chromedp.Do(ctx, script(false), chromedp.MouseClickXY(x+20, y+8)); err != nil {
		t.Fatal(err)
	}
	if seen := ask[string](ctx, t, "document.body.innerText"); !strings.Contains(seen, "Max-Forwards") {
		t.Error("a message does not unfold")
	}
}

// On paper the page is light whatever the screen is, and the ladder fits.
func TestPaper(t *testing.T) {
	ctx := chromium(t)
	open(ctx, t, shown(t, scenario(t, "service-transfer-attended"), "html"), 1280, 900, "dark")
	pdf, err := chromedp.Run(ctx, chromedp.PrintToPDF())
	if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF")) {
		t.Fatalf("no PDF: %v", err)
	}
	if err := chromedp.Do(ctx, media("print", "dark")); err != nil {
		t.Fatal(err)
	}
	if !bright(snap(ctx, t, "show-print")) {
		t.Error("the paper is dark")
	}
	if ask[float64](ctx, t, "document.querySelector('svg').getBoundingClientRect().right") > ask[float64](ctx, t, "window.innerWidth") {
		t.Error("the ladder is wider than the paper")
	}
}

// hostile is a call with harmful names.
const hostile = `hosts: alice=192.0.2.10 bob=192.0.2.11

@0 alice -> bob udp
INVITE sip:bob@example.com SIP/2.0
Via: SIP/2.0/UDP <script>document.title='harm'</script>;branch=z9hG4bK1
From: "<img src=x onerror=document.title='harm'>" <sip:alice@example.com>;tag=1
To: <sip:bob@example.com>
Call-ID: <svg/onload=document.title='harm'>
CSeq: 1 INVITE
User-Agent: </text></svg><script>document.title='harm'</script>
Referred-By: <sip:LONG@example.com>
Content-Length: 0

@1 bob -> alice udp
SIP/2.0 486 </style><script>document.title='harm'</script>
Via: SIP/2.0/UDP <script>document.title='harm'</script>;branch=z9hG4bK1
From: <sip:alice@example.com>;tag=1
To: <sip:bob@example.com>;tag=2
Call-ID: <svg/onload=document.title='harm'>
CSeq: 1 INVITE
Content-Length: 0
`

// Harmful names run nothing and load nothing, although script is allowed, and the page stays as wide as its window.
func TestHostile(t *testing.T) {
	ctx := chromium(t)
	flow := strings.ReplaceAll(hostile, "LONG", strings.Repeat("N", 10<<10))
	for _, format := range []string{"html", "svg"} {
		address := shown(t, flow, format)
		open(ctx, t, "about:blank", 390, 900, "light")
		if err := chromedp.Do(ctx, script(true), chromedp.Navigate(address)); err != nil {
			t.Fatal(err)
		}
		if title := ask[string](ctx, t, "document.title || document.querySelector('title').textContent"); strings.HasPrefix(title, "harm") {
			t.Errorf("%s: script of the capture has run", format)
		}
		if found := ask[int64](ctx, t, "document.querySelectorAll('script, img, iframe, object, link').length"); found > 0 {
			t.Errorf("%s: %d elements of the capture", format, found)
		}
		if wide := ask[int64](ctx, t, "document.documentElement.scrollWidth"); format == "html" && wide > 390 {
			t.Errorf("the page is %d wide", wide)
		}
	}
}
