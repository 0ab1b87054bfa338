//go:build browser

package browser

import (
	"context"
	"errors"
	"fmt"
	"html"
	"image"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestTerminalPictures draws what the terminal view has on its screen: the list, and the ladder of a call that failed. What a person sees in the
// picture is the text of the screen, line for line, with its colours.
func TestTerminalPictures(t *testing.T) {
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("tmux is not installed")
	}
	ctx := chromium(t)
	x := startTerminal(t, 100, 24)
	for _, screen := range []struct {
		name string
		keys []string
		has  string
	}{
		{"tui-list", nil, "all read"},
		{"tui-ladder", []string{"Down", "Down", "Down", "Down", "Down", "Down", "Enter"}, "486 Busy Here"},
	} {
		for _, key := range screen.keys {
			x.tmux("send-keys", "-t", "0", key)
		}
		colored, plain := x.shows(screen.has)
		for _, scheme := range []string{"light", "dark"} {
			open(ctx, t, terminalPage(t, colored), 900, 460, scheme)
			if text := ask[string](ctx, t, "document.querySelector('pre').textContent"); text != plain {
				t.Errorf("%s: the picture shows\n%s\nand the screen is\n%s", screen.name, text, plain)
			}
			if ask[bool](ctx, t, "document.documentElement.scrollWidth > innerWidth || document.documentElement.scrollHeight > innerHeight") {
				t.Errorf("%s: the screen does not fit into the picture", screen.name)
			}
			picture := snap(ctx, t, screen.name+"-"+scheme)
			if bright(picture) != (scheme == "light") {
				t.Errorf("%s: the %s picture is not", screen.name, scheme)
			}
			if !reddish(picture) {
				t.Errorf("%s, %s: what failed is not red", screen.name, scheme)
			}
		}
	}
}

// reddish reports whether a picture has red in it.
func reddish(picture image.Image) bool {
	b := picture.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if red, green, blue, _ := picture.At(x, y).RGBA(); red > 2*green && red > 2*blue && red > 0x6000 {
				return true
			}
		}
	}
	return false
}

// terminal is tmux with the terminal view of the sample capture in it.
type terminal struct {
	t      *testing.T
	socket string
}

func startTerminal(t *testing.T, width, height int) *terminal {
	t.Helper()
	x := &terminal{t, filepath.Join(t.TempDir(), "tmux")}
	t.Cleanup(func() { _ = exec.Command("tmux", "-S", x.socket, "kill-server").Run() })
	x.tmux("-f", os.DevNull, "new-session", "-d", "-x", fmt.Sprint(width), "-y", fmt.Sprint(height), "-c", "../../testdata",
		"env", "LC_ALL=C.UTF-8", "TERM=screen", program, "tui", "--tz", "UTC", "sample.pcap")
	return x
}

func (x *terminal) tmux(args ...string) string {
	x.t.Helper()
	cmd := exec.Command("tmux", append([]string{"-u", "-S", x.socket}, args...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	out, err := cmd.CombinedOutput()
	if err != nil {
		x.t.Fatalf("tmux %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// shows waits for a text on the screen, and returns the screen with its colours and without.
func (x *terminal) shows(want string) (colored, plain string) {
	x.t.Helper()
	ctx, stop := context.WithTimeoutCause(x.t.Context(), time.Minute, errors.New("the screen does not come"))
	defer stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		colored = x.tmux("capture-pane", "-e", "-N", "-p", "-t", "0")
		if plain = sgr.ReplaceAllString(colored, ""); strings.Contains(plain, want) {
			return colored, plain
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			x.t.Fatalf("%v:\n%s", context.Cause(ctx), plain)
		}
	}
}

// sgr is how a terminal is given colours (ECMA-48 section 8.3.117).
var sgr = regexp.MustCompile("\x1b\\[([0-9;]*)m")

// terminalPage writes a screen as a page, and returns its URL.
func terminalPage(t *testing.T, colored string) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(`<!DOCTYPE html><meta charset="utf-8"><style>
:root { color-scheme: light dark; --b: #fdfdfb; --f: #222; --red: #b3261e; --green: #1a7f37; --yellow: #8a6100; --cyan: #00707f }
@media (prefers-color-scheme: dark) { :root { --b: #16181c; --f: #d6d6d6; --red: #f2686a; --green: #5bc47a; --yellow: #e0b341; --cyan: #5cc7d6 } }
body { margin: 12px; background: var(--b); color: var(--f) } pre { margin: 0; font: 14px/18px "DejaVu Sans Mono", monospace }
.s1 { font-weight: bold } .s2 { opacity: .65 } .s31 { color: var(--red) } .s32 { color: var(--green) } .s33 { color: var(--yellow) } .s36 { color: var(--cyan) }
.s7 { background: var(--f); color: var(--b); padding: 2px 0 } </style><pre>`)
	state := map[string]bool{}
	at := 0
	text := func(s string) {
		var classes []string
		for _, code := range []string{"1", "2", "31", "32", "33", "36", "7"} {
			if state[code] {
				classes = append(classes, "s"+code)
			}
		}
		fmt.Fprintf(&b, `<span class="%s">%s</span>`, strings.Join(classes, " "), html.EscapeString(s))
	}
	for _, m := range sgr.FindAllStringSubmatchIndex(colored, -1) {
		text(colored[at:m[0]])
		at = m[1]
		for code := range strings.SplitSeq(colored[m[2]:m[3]], ";") {
			switch code {
			case "0", "":
				clear(state)
			case "39":
				for _, color := range []string{"31", "32", "33", "36"} {
					delete(state, color)
				}
			default:
				state[code] = true
			}
		}
	}
	text(colored[at:])
	b.WriteString("</pre>")
	path := filepath.Join(t.TempDir(), "screen.html")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}
