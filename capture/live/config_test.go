package live

import (
	"math"
	"strings"
	"testing"

	"github.com/google/gopacket/pcap"

	"sipspan/capture"
)

func TestDefaultConfigIsValid(t *testing.T) {
	cfg := DefaultConfig()
	cfg.Interfaces = []string{"eth0", "eth1"}
	if err := cfg.Validate(); err != nil {
		t.Error(err)
	}
}

func TestValidate(t *testing.T) {
	for _, c := range []struct {
		says   string
		change func(*Config)
	}{
		{"interfaces[1]: empty", func(c *Config) { c.Interfaces = []string{"eth0", ""} }},
		{`interfaces[1]: "eth0" is there twice`, func(c *Config) { c.Interfaces = []string{"eth0", "eth0"} }},
		{`interfaces: "any" covers the others`, func(c *Config) { c.Interfaces = []string{"eth0", "any"} }},
		{`filter: a libpcap filter expression was expected: the filter "port sip phone" does not compile`, func(c *Config) { c.Filter = "port sip phone" }},
		{"snaplen: 95, 96 to 262144 bytes were expected", func(c *Config) { c.Snaplen = 95 }},
		{"buffer_size: 1, 65536 to", func(c *Config) { c.BufferBytes = 1 }},
		{"buffer_size: 9223372036854775807, ", func(c *Config) { c.BufferBytes = math.MaxInt }},
		{"max_tunnels: 17, 1 to 16 tunnels were expected", func(c *Config) { c.MaxTunnels = 17 }},
		{`driver: "dpdk", libpcap or afpacket was expected`, func(c *Config) { c.Driver = "dpdk" }},
		{`interfaces: "any": the driver afpacket captures on single interfaces`, func(c *Config) { c.Driver, c.Interfaces = DriverAFPacket, []string{"any"} }},
		{"filter: the keyword vlan needs the driver libpcap", func(c *Config) { c.Driver, c.Filter = DriverAFPacket, "vlan 7 and udp" }},
		{"poll: 0s, a duration from 1ms to 1m0s was expected", func(c *Config) { c.Poll = 0 }},
	} {
		cfg := DefaultConfig()
		c.change(&cfg)
		err := cfg.Validate()
		if err == nil || !strings.HasPrefix(err.Error(), c.says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v, want %q", err, c.says)
		}
	}
	err := new(Config).Validate()
	if n := strings.Count(err.Error(), "\n") + 1; n != 5 {
		t.Errorf("%d errors, want those of driver, snaplen, buffer_size, max_tunnels and poll:\n%v", n, err)
	}
}

func TestCompileFilter(t *testing.T) {
	for _, link := range []capture.LinkType{capture.LinkNull, capture.LinkEthernet, capture.LinkDLTRaw, capture.LinkRaw, capture.LinkLoop,
		capture.LinkLinuxSLL, capture.LinkLinuxSLL2, capture.LinkIPv4, capture.LinkIPv6} {
		code, err := CompileFilter(link, MaxSnaplen, "udp port 5060")
		if err != nil || len(code) < 3 {
			t.Errorf("%v: %d instructions, %v", link, len(code), err)
		}
	}
	if code, err := CompileFilter(capture.LinkEthernet, MaxSnaplen, ""); err != nil || len(code) != 1 {
		t.Errorf("an empty expression gives %v, %v", code, err)
	}
	long := "port 5060" + strings.Repeat(" or port 5060", 1000) + " oder port 5062"
	if _, err := CompileFilter(capture.LinkEthernet, MaxSnaplen, long); err == nil || len(err.Error()) > 400 || !strings.Contains(err.Error(), `"port 5060 or `) {
		t.Errorf("a long broken expression gives %v", err)
	}
	if _, err := CompileFilter(capture.LinkRaw, MaxSnaplen, "vlan"); err == nil {
		t.Error("there is no VLAN on raw IP")
	}
}

// TestCounters: libpcap's numbers wrap at 32 bits, ours do not.
func TestCounters(t *testing.T) {
	var c counters
	for _, now := range []int{math.MaxUint32 - 1, 3, 3, math.MaxUint32, 0} {
		c.update(pcap.Stats{PacketsReceived: now, PacketsDropped: now / 2, PacketsIfDropped: 7})
	}
	if want := uint64(2 << 32); c.total.Received != want {
		t.Errorf("received %d, want %d", c.total.Received, want)
	}
	if c.total.InterfaceDropped != 7 {
		t.Errorf("%+v", c.total)
	}
}
