package pcap_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"
	"go.uber.org/goleak"

	"sipspan/capture/pcapfile"
	"sipspan/exporters"
	"sipspan/exporters/notify/pcap"
	"sipspan/internal/wire"
	"sipspan/pipeline"
	"sipspan/reassembly"
	"sipspan/record"
	"sipspan/session/shard"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const begun = 1764150000e9

var (
	alice4 = netip.MustParseAddrPort("192.0.2.10:5060")
	proxy4 = netip.MustParseAddrPort("192.0.2.11:5060")
	alice6 = netip.MustParseAddrPort("[2001:db8::10]:49152")
	proxy6 = netip.MustParseAddrPort("[2001:db8::11]:5061")
)

// request makes a request of at least so many bytes.
func request(callID string, size int) []byte {
	head := "OPTIONS sip:b@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK1\r\nCall-ID: " + callID +
		"\r\nFrom: <sip:a@example.com>;tag=1\r\nTo: <sip:b@example.com>\r\nCSeq: 1 OPTIONS\r\n"
	body := max(0, size-len(head)-40)
	return fmt.Appendf(nil, "%sContent-Length: %d\r\n\r\n%s", head, body, strings.Repeat("b", body))
}

func response(callID string) []byte {
	return []byte("SIP/2.0 503 Service Unavailable\r\nVia: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK1\r\nCall-ID: " + callID +
		"\r\nFrom: <sip:a@example.com>;tag=1\r\nTo: <sip:b@example.com>;tag=2\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n")
}

// conversation has every kind of message that a capture has to hold.
func conversation() []pcap.Message {
	cut := request("cut", 500)
	return []pcap.Message{
		{Time: begun, Src: alice4, Dst: proxy4, Raw: request("udp4", 0)},
		{Time: begun + 1, Src: proxy4, Dst: alice4, Raw: response("udp4")},
		{Time: begun + 2, Src: alice6, Dst: proxy6, Raw: request("udp6", 60_001)},
		{Time: begun + 3, Src: alice6, Dst: proxy6, Transport: wire.TCP, Raw: request("tcp6", 200_000)},
		{Time: begun + 4, Src: proxy6, Dst: alice6, Transport: wire.TCP, Raw: response("tcp6")},
		{Time: begun + 5, Src: alice4, Dst: proxy4, Transport: wire.TCP, Raw: request("tcp4", 0)},
		{Time: begun + 6, Src: proxy4, Dst: alice4, Transport: wire.TCP, Raw: response("tcp4")},
		{Time: begun + 7, Src: alice4, Dst: proxy4, Transport: wire.TCP, Cut: true, Raw: cut[:len(cut)-100]},
		{Time: begun + 8, Src: alice4, Dst: proxy4, Transport: wire.TCP, Raw: request("again", 1001)},
	}
}

var callIDs = []string{"udp4", "udp6", "tcp6", "tcp4", "cut", "again"}

func alert(samples ...string) *record.Alert {
	return &record.Alert{
		Header: record.Header{ID: "a/1", Start: begun}, Rule: "5xx spike", State: "firing", Samples: samples,
		Labels: []record.Label{{Name: "peer", Value: "carrier-a"}},
	}
}

func config(t *testing.T) pcap.Config {
	c := pcap.DefaultConfig()
	c.Folder = filepath.Join(t.TempDir(), "captures")
	return c
}

func open(t *testing.T, c pcap.Config, messages []pcap.Message) *pcap.Folder {
	t.Helper()
	f, err := pcap.Open(c, func(ids []string) []pcap.Message {
		var all []pcap.Message
		for _, m := range messages {
			m.Of = slices.IndexFunc(ids, func(id string) bool { return bytes.Contains(m.Raw, []byte("Call-ID: "+id+"\r\n")) })
			if m.Of >= 0 {
				all = append(all, m)
			}
		}
		return all
	})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func attach(t *testing.T, f *pcap.Folder, a *record.Alert) string {
	t.Helper()
	before := *a
	b, err := f.Attach(a)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&before, a); diff != "" {
		t.Errorf("the alert itself was changed: %s", diff)
	}
	return b.Pcap
}

// read returns the messages in a capture as the program itself sees them.
func read(t *testing.T, path string) []pcap.Message {
	t.Helper()
	return readOf(t, path, callIDs)
}

func readOf(t *testing.T, path string, callIDs []string) []pcap.Message {
	t.Helper()
	source, err := pcapfile.Open([]string{path}, pcapfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	p := pipeline.New(pipeline.Settings{
		Pipeline: pipeline.DefaultConfig(), Reassembly: reassembly.DefaultConfig(), Session: shard.DefaultConfig(), Recent: 64 << 20,
	}, []pipeline.Source{source}, func(r record.Record) {
		if f := r.Head().Confidence.Flags &^ (record.Truncated | record.NoAddresses); f != 0 && f != record.OneWay {
			t.Errorf("%s %s: flags %b", r.Kind(), r.Head().CallID, f)
		}
	})
	if err := p.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	var all []pcap.Message
	for _, m := range p.Recent(callIDs) {
		all = append(all, pcap.Message{
			Time: m.Meta.Time, Src: m.Meta.Src, Dst: m.Meta.Dst, Transport: m.Meta.Transport,
			Cut: m.Meta.Flags&record.Truncated != 0, Raw: m.Raw,
		})
	}
	return all
}

func TestRoundTrip(t *testing.T) {
	path := attach(t, open(t, config(t), conversation()), alert(callIDs...))
	if diff := cmp.Diff(conversation(), read(t, path), cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	if want := "alert-20251126T094000Z-5xx_spike-a_1.pcap"; filepath.Base(path) != want || !filepath.IsAbs(path) {
		t.Errorf("%s, want %s in a whole path", path, want)
	}
}

// wrapped has every kind of message that is no packet: over another transport than UDP and TCP, between ends that are not known or not of
// one family, and longer than a datagram. One over UDP is among them.
func wrapped() []pcap.Message {
	cut := request("cut", 500)
	return []pcap.Message{
		{Time: begun, Src: alice4, Dst: proxy4, Transport: wire.TLS, Raw: request("tls", 0)},
		{Time: begun + 1, Src: proxy4, Dst: alice4, Transport: wire.TLS, Raw: response("tls")},
		{Time: begun + 2, Src: alice6, Dst: proxy6, Transport: wire.WS, Raw: request("ws", 70_000)},
		{Time: begun + 3, Src: alice6, Dst: proxy6, Transport: wire.WSS, Raw: request("wss", 0)},
		{Time: begun + 4, Src: alice4, Dst: proxy4, Transport: wire.SCTP, Raw: request("sctp", 0)},
		{Time: begun + 5, Src: alice4, Dst: proxy4, Raw: request("udp4", 0)},
		{Time: begun + 6, Src: alice4, Dst: proxy4, Raw: request("long", 100_000)},
		{Time: begun + 7, Src: alice4, Dst: proxy6, Raw: request("mixed", 0)},
		{Time: begun + 8, Raw: request("nowhere", 0)},
		{Time: begun + 9, Src: wire.Party("caller"), Dst: alice4, Transport: wire.TCP, Raw: request("party", 0)},
		{Time: begun + 10, Src: alice4, Dst: proxy4, Transport: wire.WS, Cut: true, Raw: cut[:len(cut)-100]},
	}
}

var wrappedIDs = []string{"tls", "ws", "wss", "sctp", "udp4", "long", "mixed", "nowhere", "party", "cut"}

// TestWhatIsNoPacket reads a capture with exported PDUs: ends and transports are as they were, and nothing is said to be TCP that was not.
func TestWhatIsNoPacket(t *testing.T) {
	path := attach(t, open(t, config(t), wrapped()), alert(wrappedIDs...))
	if filepath.Ext(path) != ".pcapng" {
		t.Errorf("the file is %s", path)
	}
	got := readOf(t, path, wrappedIDs)
	if diff := cmp.Diff(wrapped(), got, cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b }), cmpopts.IgnoreFields(pcap.Message{}, "Of")); diff != "" {
		t.Error(diff)
	}
	huge := []pcap.Message{{Time: begun, Src: alice4, Dst: proxy4, Transport: wire.WS, Raw: request("ws", 300_000)}}
	got = readOf(t, attach(t, open(t, config(t), huge), alert("ws")), wrappedIDs)
	if len(got) != 1 || !got[0].Cut || !bytes.HasPrefix(huge[0].Raw, got[0].Raw) || len(got[0].Raw) < 250_000 {
		t.Errorf("%d messages", len(got))
	}
}

// TestChecksums lets gopacket build every packet again: lengths and checksums have to be the same.
func TestChecksums(t *testing.T) {
	path := attach(t, open(t, config(t), conversation()), alert(callIDs...))
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, err := pcapgo.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for ; ; n++ {
		data, info, err := r.ReadPacketData()
		if err != nil {
			break
		}
		if info.Length != len(data) {
			t.Errorf("packet %d is cut", n)
		}
		p := gopacket.NewPacket(data, layers.LayerTypeEthernet, gopacket.Default)
		if e := p.ErrorLayer(); e != nil {
			t.Fatalf("packet %d: %v", n, e.Error())
		}
		var parts []gopacket.SerializableLayer
		for _, l := range p.Layers() {
			switch l := l.(type) {
			case *layers.UDP:
				if err := l.SetNetworkLayerForChecksum(p.NetworkLayer()); err != nil {
					t.Fatal(err)
				}
				parts = append(parts, l, gopacket.Payload(l.Payload))
			case *layers.TCP:
				if err := l.SetNetworkLayerForChecksum(p.NetworkLayer()); err != nil {
					t.Fatal(err)
				}
				parts = append(parts, l, gopacket.Payload(l.Payload))
			case *layers.Ethernet:
				parts = append(parts, l)
			case *layers.IPv4:
				parts = append(parts, l)
			case *layers.IPv6:
				parts = append(parts, l)
			}
		}
		again := gopacket.NewSerializeBuffer()
		if err := gopacket.SerializeLayers(again, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, parts...); err != nil {
			t.Fatal(err)
		}
		if want := again.Bytes()[:min(len(data), len(again.Bytes()))]; !bytes.Equal(want, data) { // gopacket pads small frames
			t.Errorf("packet %d: %x, want %x", n, data[:min(len(data), 80)], want[:min(len(want), 80)])
		}
	}
	// 3 datagrams; 6 stream messages of which one needs four segments; three handshakes; two FINs
	if want := 3 + 6 + 3 + 9 + 2; n != want {
		t.Errorf("%d packets, want %d", n, want)
	}
}

func TestSizeIsLimited(t *testing.T) {
	var all []pcap.Message
	for i := range 100 {
		all = append(all, pcap.Message{Time: begun + int64(i), Src: alice4, Dst: proxy4, Raw: request("small", 5000)},
			pcap.Message{Time: begun + int64(i), Src: alice4, Dst: proxy4, Raw: request("large", 50_000)})
	}
	all = append(all, pcap.Message{Time: begun + 1000, Src: alice4, Dst: proxy4, Raw: request("last", 0)})
	c := config(t)
	c.Size = 1 << 20
	for samples, want := range map[string]int{"small large last": 101, "large small last": 20, "small last": 101, "nobody": 0} {
		path := attach(t, open(t, c, all), alert(strings.Fields(samples)...))
		if want == 0 {
			if path != "" {
				t.Errorf("a capture of nothing: %s", path)
			}
			continue
		}
		s, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if s.Size() > c.Size {
			t.Errorf("%s: %d bytes", samples, s.Size())
		}
		n := bytes.Count(contents(t, path), []byte("OPTIONS sip:"))
		if n != want {
			t.Errorf("%s: %d messages, want %d", samples, n, want)
		}
	}
}

func contents(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestOldCapturesGo(t *testing.T) {
	c := config(t)
	c.Keep = 3
	f := open(t, c, conversation())
	mine := filepath.Join(c.Folder, "mine.pcap")
	if err := os.WriteFile(mine, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var paths []string
	for i := range 6 {
		a := alert("udp4")
		a.ID, a.Start, a.Rule = fmt.Sprint(i), begun-int64(i)*1e9, fmt.Sprint(i)
		paths = append(paths, attach(t, f, a))
		old := time.Unix(0, begun+int64(i)*1e9)
		if err := os.Chtimes(paths[i], old, old); err != nil {
			t.Fatal(err)
		}
	}
	left, err := filepath.Glob(filepath.Join(c.Folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	want := append(slices.Clone(paths[3:]), mine)
	slices.Sort(want)
	if diff := cmp.Diff(want, left); diff != "" {
		t.Error(diff)
	}
}

func TestEndHasThePathOfTheBeginning(t *testing.T) {
	c := config(t)
	f := open(t, c, conversation())
	path := attach(t, f, alert("udp4"))
	if again := attach(t, f, alert("tcp4")); again != path {
		t.Errorf("%s and %s", path, again)
	}
	over := alert("udp4")
	over.State = "resolved"
	if got := attach(t, f, over); got != path || path == "" {
		t.Errorf("%s and %s", path, got)
	}
	anew := open(t, c, nil) // after a restart the folder is asked
	if got := attach(t, anew, over); got != path {
		t.Errorf("after a restart %s", got)
	}
	if got := anew.Resume(alert("udp4")).Pcap; got != path {
		t.Errorf("what goes on has %s", got)
	}
	other := alert("udp4")
	other.ID, other.State = "never seen", "resolved"
	if got := attach(t, f, other); got != "" {
		t.Errorf("the end of another alert has %s", got)
	}
}

func TestOpen(t *testing.T) {
	c := config(t)
	if err := os.MkdirAll(c.Folder, 0o700); err != nil {
		t.Fatal(err)
	}
	old, young, other := filepath.Join(c.Folder, "alert-1.pcap.part"), filepath.Join(c.Folder, "alert-2.pcap.part"), filepath.Join(c.Folder, "x.pcap.part")
	for _, path := range []string{old, young, other} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(old, time.Unix(1, 0), time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	open(t, c, nil)
	left, err := filepath.Glob(filepath.Join(c.Folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{young, other}, left); diff != "" {
		t.Error(diff)
	}
	c.Folder = "/dev/null/captures"
	if _, err := pcap.Open(c, nil); err == nil {
		t.Error("a folder was made below a device")
	}
}

func TestFailureKeepsTheAlert(t *testing.T) {
	c := config(t)
	f := open(t, c, conversation())
	if err := os.RemoveAll(c.Folder); err != nil {
		t.Fatal(err)
	}
	a := alert("udp4")
	got, err := f.Attach(a)
	if got != a || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v, %v", got, err)
	}
	var passed []record.Record
	s := pcap.NewStage(f, func(r record.Record) { passed = append(passed, r) })
	if err := s.Export(a); err != nil || len(passed) != 1 {
		t.Errorf("%v, %d alerts", err, len(passed))
	}
	if err := s.Flush(); err == nil {
		t.Error("nothing says that captures cannot be written")
	}
	if err := os.Mkdir(c.Folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := s.Export(a); err != nil || passed[1].(*record.Alert).Pcap == "" {
		t.Errorf("%v, %+v", err, passed[1])
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestSlowDisk checks that alerts go on in order, without captures, while the disk hangs.
func TestSlowDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		f, err := pcap.Open(config(t), func([]string) []pcap.Message { <-gate; return conversation()[:1] })
		if err != nil {
			t.Fatal(err)
		}
		var passed []string
		s := pcap.NewStage(f, func(r record.Record) {
			a := r.(*record.Alert)
			passed = append(passed, fmt.Sprint(a.Rule, a.Pcap != ""))
		})
		begun := time.Now()
		for i := range 4 {
			if i == 3 {
				close(gate)
				synctest.Wait()
			}
			a := alert("udp4")
			a.Rule = fmt.Sprint(i)
			if err := s.Export(a); err != nil {
				t.Error(err)
			}
			var passing *exporters.TemporaryError
			if err := s.Flush(); (i < 3) != errors.As(err, &passing) {
				t.Errorf("after alert %d: %v", i, err)
			}
		}
		if took := time.Since(begun); took != 5*time.Second {
			t.Errorf("four alerts took %v", took)
		}
		if diff := cmp.Diff([]string{"0false", "1false", "2false", "3true"}, passed); diff != "" {
			t.Error(diff)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestConfig(t *testing.T) {
	c := pcap.DefaultConfig()
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
	err := pcap.Config{}.Validate()
	for _, key := range []string{"pcap_ring: 0", "pcap_size: 0", "pcap_keep: 0"} {
		if err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("%v lacks %q", err, key)
		}
	}
	if err := c.CheckPrivacy(true); err != nil {
		t.Errorf("without a folder: %v", err)
	}
	c.Folder = "captures"
	if err := c.CheckPrivacy(false); err != nil {
		t.Errorf("with nothing hidden: %v", err)
	}
	if err := c.CheckPrivacy(true); err == nil || !strings.HasPrefix(err.Error(), "pcap: ") {
		t.Errorf("%v", err)
	}
	c.InClear = true
	if err := c.CheckPrivacy(true); err != nil {
		t.Errorf("although it is allowed: %v", err)
	}
}
