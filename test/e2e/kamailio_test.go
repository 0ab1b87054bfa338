//go:build e2e

package e2e

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The tables of Debian's package, which are empty.
const emptyTables = "/usr/share/kamailio/dbtext/kamailio"

// startKamailio starts the proxy and waits until it answers.
func startKamailio(t *testing.T, folder string) *program {
	t.Helper()
	return startKamailioWith(t, folder, "")
}

// startKamailioWith starts the proxy with more modules and their parameters.
func startKamailioWith(t *testing.T, folder, modules string) *program {
	t.Helper()
	text, err := os.ReadFile("testdata/kamailio.cfg")
	if err != nil {
		t.Fatal(err)
	}
	const routes = "\nrequest_route {"
	before, after, ok := strings.Cut(string(text), routes)
	if !ok {
		t.Fatal("the configuration has no route")
	}
	config := filepath.Join(folder, "kamailio.cfg")
	if err := os.WriteFile(config, []byte(strings.ReplaceAll(before+modules+routes+after, "$RUN", folder)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(folder, "dbtext"), os.DirFS(emptyTables)); err != nil {
		t.Fatalf("the tables of kamailio-presence (make test-e2e installs it): %v", err)
	}
	p := start(t, folder, "kamailio", "-f", config, "-DD", "-E", "-Y", folder, "-m", "64", "-M", "8")
	await(t, "Kamailio answers", func() error {
		if p.hasEnded() {
			return fatal{p.err}
		}
		return ping("hello")
	})
	return p
}

// ping asks the proxy for its options.
func ping(callID string) error {
	c, err := net.Dial("udp", proxy+":5060")
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(time.Second)); err != nil {
		return err
	}
	if _, err := c.Write([]byte(options(c.LocalAddr().String(), callID))); err != nil {
		return err
	}
	_, err = c.Read(make([]byte, 2048))
	return err
}

// options is a request for the options of the proxy.
func options(from, callID string) string {
	return strings.ReplaceAll(`OPTIONS sip:example.org SIP/2.0
Via: SIP/2.0/UDP `+from+`;branch=z9hG4bK-`+callID+`
From: <sip:test@example.org>;tag=ping
To: <sip:example.org>
Call-ID: `+callID+`
CSeq: 1 OPTIONS
Max-Forwards: 70
Content-Length: 0

`, "\n", "\r\n")
}
