package main

import (
	"bytes"
	"cmp"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"sipspan/capture"
	"sipspan/capture/pcapfile"
	"sipspan/capture/pcapwrite"
	"sipspan/internal/dev/sipgen"
)

// extracted runs extract and returns the file.
func extracted(t *testing.T, args ...string) (path, stderr string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "out.pcapng")
	o := command(t.Context(), append([]string{"extract", "-o", path}, args...)...)
	if o.code != 0 {
		t.Fatalf("%v: exit status %d, %s", args, o.code, o.stderr)
	}
	return path, o.stderr
}

// datagram is a UDP packet of a capture that a test makes.
type datagram struct {
	ms       int64
	from, to string
	payload  string
}

func writeDatagrams(t *testing.T, all []datagram) string {
	t.Helper()
	var b bytes.Buffer
	w, err := pcapwrite.NewWriter(&b, pcapwrite.Format{Links: []pcapwrite.Link{pcapwrite.LinkRaw}})
	check(t, err)
	for i, d := range all {
		from, to := netip.MustParseAddrPort(d.from), netip.MustParseAddrPort(d.to)
		data := pcapwrite.Build([]byte(d.payload), pcapwrite.IP(from.Addr(), to.Addr(), uint16(i)), pcapwrite.UDP{Src: from.Port(), Dst: to.Port()})
		check(t, w.Write(pcapwrite.Packet{Time: 1_700_000_000_000_000_000 + d.ms*1_000_000, Data: data}))
	}
	check(t, w.Flush())
	path := filepath.Join(t.TempDir(), "made.pcap")
	check(t, os.WriteFile(path, b.Bytes(), 0o600))
	return path
}

// mediaCall is a call with media between 192.0.2.1:4000, with RTCP on 4005, and 192.0.2.2:6000.
func mediaCall(t *testing.T, among ...datagram) string {
	const alice, bob = "192.0.2.1:5060", "192.0.2.2:5060"
	message := func(start, more, body string) string {
		return strings.ReplaceAll(start+"\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\nFrom: <sip:alice@example.com>;tag=1\nTo: <sip:bob@example.com>\nCall-ID: 1\n"+more+
			"Content-Length: "+strconv.Itoa(len(body)+strings.Count(body, "\n"))+"\n\n"+body, "\n", "\r\n")
	}
	offer := "v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\nm=audio 4000 RTP/AVP 0\na=rtcp:4005\n"
	answer := "v=0\no=- 1 1 IN IP4 192.0.2.2\ns=-\nc=IN IP4 192.0.2.2\nt=0 0\nm=audio 6000 RTP/AVP 0\n"
	invite := "CSeq: 1 INVITE\nContent-Type: application/sdp\n"
	all := append([]datagram{
		{100, alice, bob, message("INVITE sip:bob@example.com SIP/2.0", invite, offer)},
		{200, bob, alice, message("SIP/2.0 200 OK", invite, answer)},
		{400, alice, bob, message("BYE sip:bob@example.com SIP/2.0", "CSeq: 2 BYE\n", "")},
		{410, bob, alice, message("SIP/2.0 200 OK", "CSeq: 2 BYE\n", "")},
	}, among...)
	slices.SortStableFunc(all, func(a, b datagram) int { return cmp.Compare(a.ms, b.ms) })
	return writeDatagrams(t, all)
}

func TestExtractMedia(t *testing.T) {
	rtp := "\x80\x00\x00\x01media media media"
	file := mediaCall(t,
		datagram{0, "192.0.2.2:6000", "192.0.2.1:4000", rtp + "before"},
		datagram{300, "192.0.2.1:4000", "192.0.2.2:6000", rtp},
		datagram{310, "192.0.2.2:6000", "192.0.2.1:4000", rtp},
		datagram{320, "192.0.2.1:4005", "192.0.2.2:6001", "\x80\xc8control"},
		datagram{330, "192.0.2.1:4002", "192.0.2.2:6002", rtp + "of another call"},
		datagram{500, "192.0.2.1:4000", "192.0.2.2:6000", rtp + "after"},
	)
	for _, tt := range []struct {
		args []string
		want int
	}{{nil, 4}, {[]string{"--rtp"}, 7}} {
		_, stderr := extracted(t, append([]string{file, "--call-id", "1"}, tt.args...)...)
		if want := strconv.Itoa(tt.want) + " packets with 4 messages of 1 record"; !strings.Contains(stderr, want) {
			t.Errorf("%v: got %q, want %q", tt.args, stderr, want)
		}
	}
}

// Media in IP fragments are extracted whole, whichever fragment came first.
func TestExtractMediaInFragments(t *testing.T) {
	long := "\x80\x00\x00\x01" + strings.Repeat("picture ", 500) // three fragments
	file := mediaCall(t,
		datagram{300, "192.0.2.1:4000", "192.0.2.2:6000", long},
		datagram{310, "192.0.2.2:6000", "192.0.2.1:4000", long},
		datagram{330, "192.0.2.1:4002", "192.0.2.2:6002", long + "of another call"},
	)
	for name, order := range map[string]func(frames [][]byte){"in order": func([][]byte) {}, "backwards": slices.Reverse[[][]byte]} {
		path, stderr := extracted(t, inFragments(t, file, order), "--call-id", "1", "--rtp")
		if want := "10 packets with 4 messages of 1 record\n"; !strings.Contains(stderr, want) {
			t.Errorf("%s: got %q, want %q", name, stderr, want)
		}
		if got := strings.Count(packetsOf(t, path), " bytes "); got != 10 {
			t.Errorf("%s: %d packets in the file", name, got)
		}
	}
}

// inFragments writes a capture again with long packets in fragments, in an order that the argument makes.
func inFragments(t *testing.T, file string, order func(frames [][]byte)) string {
	t.Helper()
	source, err := pcapfile.Open([]string{file}, pcapfile.Options{})
	check(t, err)
	defer source.Close()
	var b bytes.Buffer
	w, err := pcapwrite.NewWriter(&b, pcapwrite.Format{Links: []pcapwrite.Link{pcapwrite.LinkRaw}})
	check(t, err)
	var f capture.Frame
	for source.Next(&f) == nil {
		all := pcapwrite.Fragments(bytes.Clone(f.Data), 1500, uint32(f.Number))
		order(all)
		for _, data := range all {
			check(t, w.Write(pcapwrite.Packet{Time: f.Time, Data: data}))
		}
	}
	check(t, w.Flush())
	path := filepath.Join(t.TempDir(), "fragments.pcap")
	check(t, os.WriteFile(path, b.Bytes(), 0o600))
	return path
}

// What pcapng notes beside a packet in its flags, such as its direction, stays with it.
func TestExtractFlags(t *testing.T) {
	file := mediaCall(t)
	source, err := pcapfile.Open([]string{file}, pcapfile.Options{})
	check(t, err)
	defer source.Close()
	var b bytes.Buffer
	w := pcapwrite.NewAnnotated(&b)
	iface := w.Interface("eth0", pcapwrite.LinkRaw, 0)
	want := []uint32{2, 1, 0, 1}
	var f capture.Frame
	for i := 0; source.Next(&f) == nil; i++ {
		w.Frame(iface, f.Time, f.Data, f.Length, want[i], "a comment")
	}
	check(t, w.Flush())
	path := filepath.Join(t.TempDir(), "flags.pcapng")
	check(t, os.WriteFile(path, b.Bytes(), 0o600))
	part, _ := extracted(t, path, "--call-id", "1")
	again, err := pcapfile.Open([]string{part}, pcapfile.Options{})
	check(t, err)
	defer again.Close()
	var got []uint32
	for again.Next(&f) == nil {
		got = append(got, f.Flags)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestExtractRelated extracts an attended transfer with all its legs.
func TestExtractRelated(t *testing.T) {
	file := scenarioCapture(t, "service-transfer-attended")
	_, calls := callsOf(t, readJSON(t, file))
	order, _ := callsOf(t, readJSON(t, file))
	alone, _ := extracted(t, file, "--call-id", order[0])
	if got, _ := callsOf(t, readJSON(t, alone)); len(got) != 1 || got[0] != order[0] {
		t.Errorf("alone: %v", got)
	}
	together, _ := extracted(t, file, "--call-id", order[0], "--related")
	got, again := callsOf(t, readJSON(t, together))
	if len(got) < 2 {
		t.Errorf("with related legs: %v of %v", got, order)
	}
	for _, id := range got {
		if again[id] != calls[id] {
			t.Errorf("got\n%swant\n%s", again[id], calls[id])
		}
	}
}

// TestExtractOfSeveralInputs gives each hop of a call in a file of its own: the records are those of the files together.
func TestExtractOfSeveralInputs(t *testing.T) {
	file := scenarioCapture(t, "call-two-proxies")
	order, _ := callsOf(t, readJSON(t, file))
	folder := t.TempDir()
	for name, filter := range map[string]string{"a.pcapng": "--filter=host 192.0.2.10", "b.pcapng": "--filter=not host 192.0.2.10"} {
		path, _ := extracted(t, file, "--call-id", order[0], filter)
		check(t, os.Rename(path, filepath.Join(folder, name)))
	}
	_, calls := callsOf(t, readJSON(t, folder))
	path, _ := extracted(t, folder, "--call-id", order[0])
	if _, again := callsOf(t, readJSON(t, path)); again[order[0]] != calls[order[0]] {
		t.Errorf("got\n%swant\n%s", again[order[0]], calls[order[0]])
	}
}

// TestExtractSecrets: the file holds the secrets of the connection of the chosen message and no others, and reads without the key log.
func TestExtractSecrets(t *testing.T) {
	folder := filepath.Join(captures(t), "live")
	file, log := filepath.Join(folder, "tls.pcap"), filepath.Join(folder, "keys.log")
	text, err := os.ReadFile(log)
	check(t, err)
	const other = "CLIENT_RANDOM 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff " // of a connection that is not there
	text = append(text, "\n"+other+strings.Repeat("5e", 48)+"\n"...)
	log = filepath.Join(t.TempDir(), "keys.log")
	check(t, os.WriteFile(log, text, 0o600))
	args := []string{file, "--tls-key-log", log, "--call-id", "tls-2@localhost"}
	path, _ := extracted(t, args...)
	data, err := os.ReadFile(path)
	check(t, err)
	randoms := map[string]int{}
	for _, m := range regexp.MustCompile(`(?m)^[A-Z_0-9]+ ([0-9a-fA-F]{64}) `).FindAllSubmatch(text, -1) {
		randoms[string(m[1])] += bytes.Count(data, m[1])
	}
	var held []int
	for _, n := range randoms {
		if n > 0 {
			held = append(held, n)
		}
	}
	if len(held) != 1 || len(randoms) != 2 {
		t.Errorf("secrets of %d of %d connections", len(held), len(randoms))
	}
	if lines := readJSON(t, path); !strings.Contains(lines, `"call_id":"tls-2@localhost"`) {
		t.Errorf("without the key log: %s", lines)
	}
	if _, err := exec.LookPath("tshark"); err == nil {
		out, err := exec.Command("tshark", "-n", "-r", path, "-d", "tls.port==15061,sip", "-Y", "sip", "-T", "fields", "-e", "sip.Call-ID").CombinedOutput()
		if err != nil || strings.Count(string(out), "tls-2@localhost") != 2 {
			t.Errorf("tshark: %v\n%s", err, out)
		}
	}
	path, _ = extracted(t, append(slices.Clone(args), "--no-keys")...)
	data, err = os.ReadFile(path)
	check(t, err)
	for random := range randoms {
		if bytes.Contains(data, []byte(random)) {
			t.Error("secrets in spite of --no-keys")
		}
	}
}

// TestExtractHEP looks at a call that an agent handed on to a collector, over UDP and TCP.
func TestExtractHEP(t *testing.T) {
	text, err := os.ReadFile("../../testdata/golden/call-busy.txtar")
	check(t, err)
	flow := string(txtar.Parse(text).Files[0].Data)
	for _, over := range []sipgen.Transport{sipgen.OverUDP, sipgen.OverTCP} {
		file := inHEP(t, parseFlow(t, flow), over)
		want := withoutStats(readJSON(t, "--hep", file))
		path, _ := extracted(t, file, "--hep", "--call-id", "busy@192.0.2.10")
		if got := withoutStats(readJSON(t, "--hep", path)); got != want {
			t.Errorf("%v: got\n%swant\n%s", over, got, want)
		}
		o := command(t.Context(), "show", file, "--hep", "--tz", "UTC")
		if o.code != 0 || !strings.Contains(o.stdout, "486 Busy Here") || strings.Contains(o.stdout, "made of the record") {
			t.Errorf("%v: exit status %d\n%s%s", over, o.code, o.stdout, o.stderr)
		}
		renamed, _ := extracted(t, file, "--hep", "--call-id", "busy@192.0.2.10", "--pseudonym")
		if got := readJSON(t, renamed); !strings.Contains(got, `"disposition":"busy"`) {
			t.Errorf("%v: with other names: %s", over, got)
		}
	}
}

// TestExtractLeavesFilesAlone: what cannot be extracted leaves a file of that name as it was, and says why.
func TestExtractLeavesFilesAlone(t *testing.T) {
	file := scenarioCapture(t, "call-busy")
	folder := t.TempDir()
	records := filepath.Join(folder, "call.jsonl")
	check(t, os.WriteFile(records, []byte(readJSON(t, file)), 0o600))
	t.Setenv("PRIVACY_TEST_KEY", "a key of more than sixteen bytes")
	hidden := filepath.Join(folder, "sipspan.yaml")
	check(t, os.WriteFile(hidden, []byte("privacy: {identities: pseudonym, key_variable: PRIVACY_TEST_KEY}\n"), 0o600))
	out := filepath.Join(folder, "out.pcapng")
	check(t, os.WriteFile(out, []byte("before"), 0o600))
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{records, "--status", "486"}, "record files hold no packets"},
		{[]string{file, "--status", "486", "--config", hidden}, "privacy hides"},
		{[]string{file, "--status", "404"}, "nothing to extract"},
	} {
		o := command(t.Context(), append([]string{"extract", "-o", out}, tt.args...)...)
		text, err := os.ReadFile(out)
		if o.code != 1 || !strings.Contains(o.stderr, tt.want) || err != nil || string(text) != "before" {
			t.Errorf("%v: exit status %d, %q, the file holds %q", tt.args, o.code, o.stderr, text)
		}
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 3 {
		t.Errorf("left behind: %v", left)
	}
}
