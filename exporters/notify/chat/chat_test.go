package chat

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"sipspan/exporters"
	"sipspan/exporters/notify/delivery"
	"sipspan/record"
)

// fake is a server of chats that notes what it is told.
type fake struct {
	mu     sync.Mutex
	status int
	paths  []string
	bodies []string
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body := make([]byte, 1<<16)
	n, _ := r.Body.Read(body)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.paths, f.bodies = append(f.paths, r.URL.Path), append(f.bodies, string(body[:n]))
	w.WriteHeader(f.status)
	fmt.Fprint(w, "{}")
}

func (f *fake) told() (paths, bodies []string, status *int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string{}, f.paths...), append([]string{}, f.bodies...), &f.status
}

func serve(t *testing.T, h http.Handler) (host string) {
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://")
}

func alarm() *record.Alert {
	return &record.Alert{Rule: "invite-5xx", Severity: "critical", State: delivery.Firing, Summary: "Calls fail <!channel>", LikelyCause: "Warning: @everyone `x`"}
}

// TestServices sends an alert to chats of several kinds.
func TestServices(t *testing.T) {
	f := &fake{status: 200}
	host := serve(t, f)
	for _, url := range []string{
		"mattermost://" + host + "/thetoken?disabletls=yes", "ntfy://" + host + "/topic?disabletls=yes", "generic+http://" + host + "/hook",
	} {
		c, err := Open(url, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Export(alarm()); err != nil {
			t.Errorf("%s: %v", Service(url), err)
		}
		if err := errors.Join(c.Export(&record.Call{}), c.Flush(), c.Close()); err != nil {
			t.Error(err)
		}
	}
	paths, bodies, _ := f.told()
	if len(bodies) != 3 || paths[0] != "/hooks/thetoken" {
		t.Fatalf("%d messages to %v", len(bodies), paths)
	}
	var mattermost struct{ Text string }
	if err := json.Unmarshal([]byte(bodies[0]), &mattermost); err != nil || !strings.HasPrefix(mattermost.Text, "(CRITICAL) Calls fail") {
		t.Errorf("%q, %v", mattermost.Text, err)
	}
	for _, body := range bodies {
		if !strings.Contains(body, "Calls fail") || strings.Contains(body, "<!channel>") || strings.Contains(body, "@everyone") || strings.Contains(body, "`") {
			t.Errorf("a message is %q", body)
		}
	}
}

// TestErrorsHoldNoToken checks that a failure is tried again, and that no part of the URL is in its error.
func TestErrorsHoldNoToken(t *testing.T) {
	f := &fake{status: 500}
	host := serve(t, f)
	for _, url := range []string{
		"mattermost://" + host + "/thetoken?disabletls=yes", "mattermost://127.0.0.1:1/thetoken?disabletls=yes", "generic+http://127.0.0.1:1/hook/thetoken?x=thetoken",
	} {
		c, err := Open(url, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		err = c.Export(alarm())
		var passing *exporters.TemporaryError
		if !errors.As(err, &passing) || strings.Contains(err.Error(), "thetoken") || !strings.HasPrefix(err.Error(), Service(url)) {
			t.Errorf("the error is %v", err)
		}
	}
}

// TestHangingServer checks that a server that hangs holds nobody up, and that one message at a time is sent to it.
func TestHangingServer(t *testing.T) {
	release := make(chan struct{})
	var mu sync.Mutex
	came := 0
	host := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		mu.Lock()
		came++
		mu.Unlock()
		<-release
	}))
	c, err := Open("mattermost://"+host+"/thetoken?disabletls=yes", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	c.Interrupt() // the program ends: nothing is waited for
	for range 3 {
		if err := c.Export(alarm()); !errors.Is(err, errLate) {
			t.Errorf("%v", err)
		}
	}
	late := c.late
	close(release)
	<-late
	mu.Lock()
	defer mu.Unlock()
	if came > 1 {
		t.Errorf("%d messages at a time", came)
	}
}

func TestConfig(t *testing.T) {
	if err := DefaultConfig().Validate(); err != nil {
		t.Error(err)
	}
	for url, good := range map[string]bool{
		"ntfy://ntfy.sh/topic": true, "mattermost://chat.example/thetoken": true, "matrix://user:thetoken@matrix.example/": true,
		"smtp://user:thetoken@mail.example/?from=a@b.c&to=d@e.f": false, "logger://": false, "https://chat.example/thetoken": false, "thetoken": false, "slack://thetoken": false,
	} {
		c := DefaultConfig()
		c.URLs = []string{url}
		err := c.Validate()
		if (err == nil) != good {
			t.Errorf("%s: %v", url, err)
		}
		if err != nil && (strings.Contains(err.Error(), "thetoken") || !strings.Contains(err.Error(), "urls[0]: ")) {
			t.Errorf("the error is %v", err)
		}
	}
	c := DefaultConfig()
	c.URLsFile = filepath.Join(t.TempDir(), "urls")
	if err := c.Validate(); err == nil {
		t.Error("a file that is missing is no error")
	}
	if err := os.WriteFile(c.URLsFile, []byte("# chats\n\nntfy://ntfy.sh/one\n ntfy://ntfy.sh/two \n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if all, err := c.All(); err != nil || len(all) != 2 {
		t.Errorf("%q, %v", all, err)
	}
	if err := os.WriteFile(c.URLsFile, []byte("\nthetoken\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "urls:2: ") || strings.Contains(err.Error(), "thetoken") {
		t.Errorf("%v", err)
	}
}
