//go:build e2e

package e2e

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestTLS lets OpenSSL send requests to Kamailio over TLS, while the daemon follows the key log that OpenSSL writes. Then it tries
// an old version of TLS, which Kamailio does not accept.
func TestTLS(t *testing.T) {
	const requests = 3
	folder := t.ArtifactDir()
	prepareNetwork(t)
	binary := build(t, filepath.Join(folder, "sipspan"), "")
	startSecureKamailio(t, folder, "TLSv1.2+", "DEFAULT")
	keys := filepath.Join(folder, "keys.log")
	t.Setenv("SIPSPAN_TLS_KEY_LOG", keys)
	live := startDaemon(t, folder, binary)

	for _, version := range []string{"-tls1_3", "-tls1_2"} {
		secureOptions(t, version, keys, requests)
	}
	await(t, "all messages are decrypted", func() error {
		if n := number(live.status(t)["messages"]); n < 2*2*requests {
			return fmt.Errorf("%d messages", n)
		}
		return nil
	})
	refused := exec.Command("openssl", "s_client", "-connect", proxy+":5061", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0")
	if out, err := refused.CombinedOutput(); err == nil {
		t.Errorf("TLS 1.1 was accepted:\n%s", out)
	}
	await(t, "there is a record of each connection", func() error {
		if files, err := filepath.Glob(filepath.Join(live.records, "*.jsonl*")); err != nil || len(files) == 0 {
			return errNotYet // the first record makes the first file
		}
		if n := len(connections(live.written(t))); n < 3 {
			return fmt.Errorf("%w: %d records", errNotYet, n)
		}
		return nil
	})
	live.stop(t)

	records := live.written(t)
	outcomes := map[string]int{}
	for _, r := range connections(records) {
		outcomes[text(r["outcome"])]++
		if text(r["dst"]) != proxy+":5061" {
			t.Errorf("record %s", compact(r))
		}
		if text(r["outcome"]) != "established" {
			if cause, _ := r["cause"].(map[string]any); cause == nil || text(cause["source"]) != "tls" {
				t.Errorf("record %s", compact(r))
			}
			continue
		}
		certificate, _ := r["certificate"].(map[string]any)
		if r["decrypted"] != true || certificate == nil || text(certificate["subject"]) != "CN=sip.example.org" || text(r["server_name"]) != "sip.example.org" {
			t.Errorf("record %s", compact(r))
		}
	}
	if outcomes["established"] != 2 || outcomes["failed"] != 1 {
		t.Errorf("outcomes %v", outcomes)
	}
	if n := len(slices.DeleteFunc(records, func(r row) bool { return r.kind() != "transaction" })); n != 2*requests {
		t.Errorf("%d transactions", n)
	}
}

// connections returns the records of TLS connections.
func connections(records []row) []row {
	return slices.DeleteFunc(slices.Clone(records), func(r row) bool { return r.kind() != "tls" })
}

// startSecureKamailio makes a key and a certificate, starts a Kamailio that has TLS of these versions and suites, and waits until it answers.
func startSecureKamailio(t *testing.T, folder, method, ciphers string) {
	t.Helper()
	run(t, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=sip.example.org",
		"-keyout", filepath.Join(folder, "key.pem"), "-out", filepath.Join(folder, "cert.pem"))
	config, err := os.ReadFile("testdata/kamailio-tls.cfg")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "kamailio-tls.cfg")
	if err := os.WriteFile(path, []byte(strings.NewReplacer("$RUN", folder, "$METHOD", method, "$CIPHERS", ciphers).Replace(string(config))), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, folder, "kamailio", "-f", path, "-DD", "-E", "-Y", folder, "-m", "64", "-M", "8")
	await(t, "Kamailio answers", func() error {
		if p.hasEnded() {
			return fatal{p.err}
		}
		return ping("hello-tls")
	})
}

// secureOptions sends requests over one TLS connection, whose secrets OpenSSL writes into a key log, and waits for the responses.
func secureOptions(t *testing.T, version, keys string, requests int) {
	t.Helper()
	client := exec.Command("openssl", "s_client", "-connect", proxy+":5061", "-servername", "sip.example.org", version, "-quiet", "-no_ign_eof", "-keylogfile", keys)
	in, err := client.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := client.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Start(); err != nil {
		t.Fatal(err)
	}
	answers := bufio.NewScanner(out)
	for i := range requests {
		request := strings.Replace(options("127.0.0.1:5061", fmt.Sprintf("tls%s-%d", version, i)), "SIP/2.0/UDP", "SIP/2.0/TLS", 1)
		if _, err := io.WriteString(in, request); err != nil {
			t.Fatal(err)
		}
		for answers.Scan() && answers.Text() != "" { // the end of a response without a body
		}
	}
	in.Close()
	_, _ = io.Copy(io.Discard, out)
	if err := client.Wait(); err != nil {
		t.Errorf("s_client %s: %v", version, err)
	}
}
