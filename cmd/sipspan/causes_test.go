package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// explained is what the tests look at in a record that has a cause.
type explained struct {
	Record, Method, Outcome, Disposition string
	Status                               int
	Cause                                *struct{ Source, Code, Origin, Explanation string }
}

// The failures in the captures, each with what its record has to say.
func TestCausesOfTheCaptures(t *testing.T) {
	folder := os.Getenv("SIPSPAN_CAPTURES")
	if folder == "" {
		t.Skip("SIPSPAN_CAPTURES is not set")
	}
	tests := []struct {
		file, record         string
		status               int
		source, code, origin string
		says                 string // the beginning of the explanation
	}{
		{"seeds/pic-presence.pcap", "failure", 403, "ms-diagnostics", "2", "lcs-ncx-appool.lcsent01.directtaps.net",
			"SUBSCRIBE was refused by the edge proxy lcs-ncx-appool.lcsent01.directtaps.net because rich presence was filtered (HRESULT C3E93D80, SIPPROXY_E_EPROUTING_MSG_INT_GET_RICH_PRESENCE_FILTERED)"},
		{"seeds/pic-presence.pcap", "subscription", 403, "ms-diagnostics", "2", "lcs-ncx-appool.lcsent01.directtaps.net",
			"SUBSCRIBE was refused by the edge proxy lcs-ncx-appool.lcsent01.directtaps.net because rich presence was filtered"},
		{"seeds/call-deflection.pcap", "call", 303, "sip", "303", "192.168.5.60:5060", "INVITE was redirected by 192.168.5.60:5060 with 303 Proxy Should Redirect: the call is deflected"},
		{"seeds/draft-sparks-screening-outgoing.pcap", "failure", 403, "sip", "403", "10.1.0.100:5060", "INVITE was refused by 10.1.0.100:5060 with 403 Screening Failure (Originating): the call is not allowed"},
		{"ms-diagnostics/ms-diagnostics-ccby.pcap", "failure", 403, "ms-diagnostics", "4268", "BLU2A16FES08.infra.lync.com",
			"SERVICE was refused by BLU2A16FES08.infra.lync.com because delegate and delegator belong to different deployments (ms-diagnostics 4268)"},
		{"ms-diagnostics/ms-diagnostics-ccby.pcap", "call", 500, "ms-diagnostics", "15000", "NASEAPOOLFE01.CONTOSO.COM",
			"INVITE failed at ExumRouting on NASEAPOOLFE01.CONTOSO.COM because the voice mail settings of the user or contact object could not be read (ms-diagnostics 15000)"},
	}
	for _, tt := range tests {
		t.Run(strings.TrimSuffix(filepath.Base(tt.file), ".pcap")+"/"+tt.record, func(t *testing.T) {
			for line := range strings.Lines(readJSON(t, filepath.Join(folder, tt.file))) {
				var r explained
				if err := json.Unmarshal([]byte(line), &r); err != nil {
					t.Fatal(err)
				}
				if r.Record != tt.record || r.Status != tt.status {
					continue
				}
				if c := r.Cause; c == nil || c.Source != tt.source || c.Code != tt.code || c.Origin != tt.origin || !strings.HasPrefix(c.Explanation, tt.says) {
					t.Errorf("%s", line)
				}
				return
			}
			t.Error("no such record")
		})
	}
}

// Progress, answers and what ends as it should have no cause.
func TestNoCauseWithoutFailure(t *testing.T) {
	folder := os.Getenv("SIPSPAN_CAPTURES")
	if folder == "" {
		t.Skip("SIPSPAN_CAPTURES is not set")
	}
	for _, file := range []string{
		"seeds/mpop-fork.pcap", "seeds/pic-message.pcap", "seeds/draft-sparks-call-hold.pcap", "seeds/draft-sparks-consultation-hold.pcap",
		"seeds/draft-sparks-unattended-transfer.pcap", "seeds/draft-sparks-forward-unconditional.pcap",
	} {
		if lines := readJSON(t, filepath.Join(folder, file)); strings.Contains(lines, `"cause":`) {
			t.Errorf("%s has a cause:\n%s", file, lines)
		}
	}
}

// The report for people shows the explanation below each kind of failure.
func TestReportExplainsFailures(t *testing.T) {
	folder := os.Getenv("SIPSPAN_CAPTURES")
	if folder == "" {
		t.Skip("SIPSPAN_CAPTURES is not set")
	}
	o := command(t.Context(), "read", filepath.Join(folder, "seeds/pic-presence.pcap"))
	if page := strings.Join(strings.Fields(o.stdout), " "); o.code != 0 || !strings.Contains(page, "because rich presence was filtered (HRESULT C3E93D80,") {
		t.Errorf("exit status %d\n%s", o.code, o.stdout)
	}
}
