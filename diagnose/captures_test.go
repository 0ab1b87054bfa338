package diagnose

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sipspan/session/evidence"
)

// The refusals in the captures, each with what it has to say.
func TestCaptures(t *testing.T) {
	folder := os.Getenv("SIPSPAN_CAPTURES")
	if folder == "" {
		t.Skip("SIPSPAN_CAPTURES is not set")
	}
	tests := []struct {
		file, start, method string
		status              int
		says                string
	}{
		{"seeds/pic-presence.pcap", "SIP/2.0 403 ", "SUBSCRIBE", 403,
			"SUBSCRIBE was refused by the edge proxy lcs-ncx-appool.lcsent01.directtaps.net because rich presence was filtered (HRESULT C3E93D80, SIPPROXY_E_EPROUTING_MSG_INT_GET_RICH_PRESENCE_FILTERED)"},
		{"seeds/call-deflection.pcap", "SIP/2.0 303 ", "INVITE", 303, "INVITE was redirected with 303 Proxy Should Redirect: the call is deflected"},
		{"seeds/draft-sparks-find-me.pcap", "SIP/2.0 480 ", "INVITE", 480, "INVITE failed with 480 Not Logged In: the one who was called is not available"},
		{"seeds/draft-sparks-screening-incoming.pcap", "SIP/2.0 403 ", "INVITE", 403, "INVITE was refused with 403 Screening Failure (Terminating): the call is not allowed"},
		{"ms-diagnostics/ccby/403-4268-delegate.sip", "SIP/2.0 403 ", "SERVICE", 403,
			"SERVICE was refused by BLU2A16FES08.infra.lync.com because delegate and delegator belong to different deployments (ms-diagnostics 4268)"},
		{"ms-diagnostics/ccby/500-15000-exumrouting.sip", "SIP/2.0 500 ", "INVITE", 500,
			"INVITE failed at ExumRouting on NASEAPOOLFE01.CONTOSO.COM because the voice mail settings of the user or contact object could not be read (ms-diagnostics 15000)"},
	}
	for _, tt := range tests {
		t.Run(filepath.Base(tt.file), func(t *testing.T) {
			raw, err := os.ReadFile(filepath.Join(folder, tt.file))
			if err != nil {
				t.Fatal(err)
			}
			at := strings.Index(string(raw), tt.start)
			if at < 0 {
				t.Fatalf("no %s", tt.start)
			}
			head, _, _ := strings.Cut(string(raw[at:]), "\r\n\r\n")
			cause := Explain(&evidence.Case{Method: tt.method, Status: tt.status, Response: []byte(head + "\r\n\r\n")})
			if cause == nil || !strings.HasPrefix(cause.Explanation, tt.says) {
				t.Errorf("%+v", cause)
			}
		})
	}
}
