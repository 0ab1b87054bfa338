//go:build e2e

package e2e

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

// TestSecureWebSocket lets a browser's phone send requests to Kamailio over WebSocket in TLS, while the daemon follows the key log of the
// phone.
func TestSecureWebSocket(t *testing.T) {
	const requests = 3
	folder := t.ArtifactDir()
	prepareNetwork(t)
	binary := build(t, filepath.Join(folder, "sipspan"), "")
	startSecureKamailio(t, folder, "TLSv1.2+", "DEFAULT")
	name := filepath.Join(folder, "keys.log")
	keys, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer keys.Close()
	t.Setenv("SIPSPAN_TLS_KEY_LOG", name)
	live := startDaemon(t, folder, binary)

	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, "wss://"+proxy+":5061/", &websocket.DialOptions{
		Subprotocols: []string{"sip"}, CompressionMode: websocket.CompressionContextTakeover,
		HTTPClient: &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{
			InsecureSkipVerify: true, ServerName: "sip.example.org", KeyLogWriter: keys,
		}}},
	})
	if err != nil {
		t.Fatalf("WebSocket in TLS: %v", err)
	}
	defer conn.CloseNow()
	for i := range requests {
		request := strings.Replace(options("127.0.0.1:5061", fmt.Sprintf("wss-%d", i)), "SIP/2.0/UDP", "SIP/2.0/WSS", 1)
		if err := conn.Write(ctx, websocket.MessageText, []byte(request)); err != nil {
			t.Fatal(err)
		}
		if _, answer, err := conn.Read(ctx); err != nil || !strings.HasPrefix(string(answer), "SIP/2.0 200") {
			t.Fatalf("%v: answered with %q", err, answer)
		}
	}
	if err := conn.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Logf("closing: %v", err)
	}
	checkSecure(t, live, "wss", requests)
}

// TestSecurePhone lets baresip register over TLS of version 1.2 with RSA key exchange: the daemon has the private key of Kamailio, and
// nobody writes a key log.
func TestSecurePhone(t *testing.T) {
	folder := t.ArtifactDir()
	prepareNetwork(t)
	binary := build(t, filepath.Join(folder, "sipspan"), "")
	startSecureKamailio(t, folder, "TLSv1.2", "AES128-GCM-SHA256")
	t.Setenv("SIPSPAN_TLS_PRIVATE_KEYS", filepath.Join(folder, "key.pem"))
	live := startDaemon(t, folder, binary)

	s := &stage{t: t, folder: folder}
	phone := startBaresip(s, account{user: "secure", addr: "198.51.100.77", transport: "tls", password: "secret"})
	phone.says(t, "200 OK")
	phone.quits()
	checkSecure(t, live, "tls", 1)
}

// checkSecure waits until at least so many requests were decrypted with their answers, stops the daemon, and looks at the record of the
// connection.
func checkSecure(t *testing.T, live *daemon, transport string, requests int) {
	t.Helper()
	await(t, "all messages are decrypted", func() error {
		if n := number(live.status(t)["messages"]); n < 2*requests {
			return fmt.Errorf("%d of %d messages", n, 2*requests)
		}
		return nil
	})
	counted := regexp.MustCompile(`sipspan_sip_requests_total\{.*transport="` + transport + `"\} [1-9]`)
	if page := scrape(t); !counted.MatchString(page) {
		t.Errorf("no request over %s is counted", transport)
	}
	live.stop(t)
	records := live.written(t)
	secure := connections(records)
	if len(secure) != 1 {
		t.Fatalf("%d records of TLS connections", len(secure))
	}
	certificate, _ := secure[0]["certificate"].(map[string]any)
	if r := secure[0]; r["decrypted"] != true || text(r["outcome"]) != "established" || certificate == nil || text(certificate["subject"]) != "CN=sip.example.org" {
		t.Errorf("record %s", compact(r))
	}
	if !slices.ContainsFunc(records, func(r row) bool { return r.kind() == "registration" || r.kind() == "transaction" }) {
		t.Errorf("no record of a request in %d records", len(records))
	}
}
