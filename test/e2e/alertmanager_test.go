//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const alertmanagerAddress = "127.0.0.1:9093"

// startAlertmanager starts Debian's Alertmanager, which tells the receiver at once of what begins and what ends.
func startAlertmanager(t *testing.T, folder, receiver string) *program {
	t.Helper()
	config := filepath.Join(folder, "alertmanager.yml")
	text := fmt.Sprintf(`
route: {receiver: test, group_by: ["..."], group_wait: 1s, group_interval: 1s, repeat_interval: 1h}
receivers:
  - name: test
    webhook_configs: [{url: %q, send_resolved: true}]
`, receiver)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, folder, "prometheus-alertmanager", "--config.file="+config, "--storage.path="+filepath.Join(folder, "alertmanager"),
		"--web.listen-address="+alertmanagerAddress, "--cluster.listen-address=")
	await(t, "Alertmanager is ready", func() error {
		if p.hasEnded() {
			return fatal{p.err}
		}
		return answers("http://" + alertmanagerAddress + "/-/ready")
	})
	return p
}

// answers returns an error unless the page is there.
func answers(url string) error {
	client := http.Client{Timeout: time.Second}
	response, err := client.Get(url)
	if err != nil {
		return err
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, response.Status)
	}
	return nil
}

// notice is an alert as Alertmanager tells it.
type notice struct {
	Status              string
	Labels, Annotations map[string]string
	StartsAt, EndsAt    time.Time
	GeneratorURL        string
}

// receiver is who Alertmanager tells.
type receiver struct {
	url string

	mu      sync.Mutex
	notices []notice
}

func startReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(r.take), ReadHeaderTimeout: patience}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { server.Close() })
	r.url = "http://" + listener.Addr().String() + "/"
	return r
}

func (r *receiver) take(w http.ResponseWriter, request *http.Request) {
	var body struct{ Alerts []notice }
	if err := json.NewDecoder(request.Body).Decode(&body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.notices = append(r.notices, body.Alerts...)
}

// of returns what was told about an alert.
func (r *receiver) of(name string) []notice {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(r.notices), func(n notice) bool {
		return n.Labels["alertname"] != name
	})
}

// awaits waits until an alert was told to be in a state.
func (r *receiver) awaits(t *testing.T, name, state string) {
	t.Helper()
	deadline := time.Now().Add(longEnough / 2)
	for {
		err := fmt.Errorf("told were %v", r.names())
		if slices.ContainsFunc(r.of(name), func(n notice) bool { return n.Status == state }) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("waiting until %s is %s: %v", name, state, err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func (r *receiver) names() (all []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, n := range r.notices {
		all = append(all, n.Labels["alertname"]+" "+n.Status)
	}
	return all
}

// engineSaysAll looks at what the daemon's engine told through Alertmanager: what a person needs, and a capture of the calls.
func (r *receiver) engineSaysAll(t *testing.T, binary string) {
	notices := r.of(builtIn)
	if len(notices) != 2 || notices[0].Status != "firing" || notices[1].Status != "resolved" {
		t.Fatalf("%s was told as %+v, once firing and once resolved was expected", builtIn, notices)
	}
	n, end := notices[0], notices[1]
	for label, want := range map[string]string{"severity": "critical", "sensor": sensor} {
		if n.Labels[label] != want {
			t.Errorf("%s is %q, want %q", label, n.Labels[label], want)
		}
	}
	if !strings.Contains(n.Annotations["summary"], "503") || !strings.Contains(n.Annotations["summary"], "INVITE") {
		t.Errorf("the summary is %q", n.Annotations["summary"])
	}
	if !strings.Contains(n.Annotations["samples"], "overloaded-") || !strings.Contains(n.Annotations["top_causes"], "503") {
		t.Errorf("the samples are %q, the causes %q", n.Annotations["samples"], n.Annotations["top_causes"])
	}
	if !end.EndsAt.After(n.StartsAt) || n.GeneratorURL == "" {
		t.Errorf("it lasted from %v to %v and comes from %q", n.StartsAt, end.EndsAt, n.GeneratorURL)
	}
	records := parseRows(t, read(t, binary, n.Annotations["pcap"]))
	calls := 0
	for _, c := range records {
		if c.kind() == "call" {
			calls++
			if number(c["status"]) != 503 || !strings.Contains(n.Annotations["samples"], c.callID()) {
				t.Errorf("in the capture of the alert is %s", compact(c))
			}
		}
	}
	if calls == 0 {
		t.Errorf("there is no call in the capture of the alert, %s", n.Annotations["pcap"])
	}
}
