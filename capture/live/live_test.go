package live

import (
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/gopacket/pcap"

	"sipspan/capture"
	"sipspan/capture/pcapwrite"
	"sipspan/internal/invariants"
)

// quick is the configuration of the tests: small, and without waiting.
func quick(interfaces ...string) Config {
	cfg := DefaultConfig()
	cfg.Interfaces = interfaces
	cfg.BufferBytes = 4 << 20
	cfg.Poll = 10 * time.Millisecond
	return cfg
}

// opening is quick with one of the drivers.
type opening func(interfaces ...string) Config

// onDrivers runs body with each driver, in a namespace of its own.
func onDrivers(t *testing.T, body func(t *testing.T, quick opening)) {
	for _, driver := range []string{DriverLibpcap, DriverAFPacket} {
		t.Run(driver, func(t *testing.T) {
			inNamespace(t, func(t *testing.T) {
				body(t, func(interfaces ...string) Config {
					cfg := quick(interfaces...)
					cfg.Driver = driver
					return cfg
				})
			})
		})
	}
}

// sender puts frames on an interface.
func sender(t *testing.T, name string) func(frame []byte) {
	t.Helper()
	h, err := pcap.OpenLive(name, 65536, false, pcap.BlockForever)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	return func(frame []byte) {
		t.Helper()
		if err := h.WritePacketData(frame); err != nil {
			t.Fatal(err)
		}
	}
}

func mustOpen(t *testing.T, cfg Config) *Live {
	t.Helper()
	l, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// await returns the next frame, over any number of idle polls; the test's time limit ends what never comes.
func await(t *testing.T, l *Live, f *capture.Frame) {
	t.Helper()
	for {
		err := l.Next(f)
		if err == nil {
			return
		}
		if err != capture.ErrIdle {
			t.Fatal(err)
		}
	}
}

// TestLive sends one packet of each kind, tagged and not, and receives exactly those the default filter lets pass. The
// kernel takes the outer tag off and keeps it beside the packet, so this is also the filter's test on what only a live
// interface has.
func TestLive(t *testing.T) {
	onDrivers(t, func(t *testing.T, quick opening) {
		cable(t, "span0", "span1")
		l := mustOpen(t, quick("span0"))
		if l.Link() != capture.LinkEthernet || l.Name() != "span0" {
			t.Errorf("%s begins as %v", l.Name(), l.Link())
		}
		send := sender(t, "span1")
		var number uint64
		var last int64
		for _, p := range probes() {
			for _, tags := range [][]pcapwrite.Layer{nil, {pcapwrite.VLAN{ID: 7}}, {pcapwrite.VLAN{ID: 7}, pcapwrite.VLAN{ID: 8}}, {pcapwrite.VLAN{ID: 7, Service: true}, pcapwrite.VLAN{ID: 8}}} {
				frame := p.onEthernet(tags...)
				if len(frame) > 1500 {
					continue
				}
				send(frame)
				if !p.pass {
					continue
				}
				number++
				var f capture.Frame
				await(t, l, &f)
				if string(f.Data) != string(frame) {
					t.Fatalf("%s behind %d tags: received % x, sent % x", p.name, len(tags), f.Data, frame)
				}
				if f.Number != number || f.Length != len(frame) || f.Link != capture.LinkEthernet || f.Interface != 0 || f.Time < last || f.Time == 0 {
					t.Fatalf("%s: %+v after time %d", p.name, f, last)
				}
				last = f.Time
			}
		}
		if err := l.Next(new(capture.Frame)); err != capture.ErrIdle {
			t.Errorf("nothing sent: %v", err)
		}
		stats := l.Stats()
		if len(stats) != 1 || stats[0].Name != "span0" || stats[0].Received != number || stats[0].KernelDropped != 0 || stats[0].InterfaceDropped != 0 {
			t.Errorf("%+v after %d packets", stats, number)
		}
		if err := errors.Join(l.Close(), l.Close()); err != nil {
			t.Error(err)
		}
		if err := l.Next(new(capture.Frame)); err != io.EOF {
			t.Errorf("after Close: %v", err)
		}
		if after := l.Stats(); after[0] != stats[0] {
			t.Errorf("after Close %+v", after)
		}
	})
}

func TestSnaplen(t *testing.T) {
	onDrivers(t, func(t *testing.T, quick opening) {
		cable(t, "span0", "span1")
		cfg := quick("span0")
		cfg.Snaplen, cfg.Filter, cfg.Immediate = 100, "", true
		l := mustOpen(t, cfg)
		frame := probe{ip: pcapwrite.Build([]byte(strings.Repeat("x", 500)), family([]byte{0x45}), pcapwrite.UDP{})}.onEthernet()
		sender(t, "span1")(frame)
		var f capture.Frame
		await(t, l, &f)
		if len(f.Data) != 100 || f.Length != len(frame) {
			t.Errorf("%d of %d bytes, want 100 of %d", len(f.Data), f.Length, len(frame))
		}
	})
}

// TestAny listens on all interfaces at once: a cooked capture, where each packet shows as sent and as received.
func TestAny(t *testing.T) {
	inNamespace(t, func(t *testing.T) {
		cable(t, "span0", "span1")
		l := mustOpen(t, quick("any"))
		if l.Link() != capture.LinkLinuxSLL {
			t.Errorf("it begins as %v", l.Link())
		}
		p := probes()[0]
		sender(t, "span1")(p.onEthernet())
		for range 2 {
			var f capture.Frame
			await(t, l, &f)
			if !strings.HasSuffix(string(f.Data), string(p.ip)) || f.Link != l.Link() || len(f.Data) != 16+len(p.ip) {
				t.Errorf("%v % x", f.Link, f.Data)
			}
		}
	})
}

func TestSeveralInterfaces(t *testing.T) {
	onDrivers(t, func(t *testing.T, quick opening) {
		cable(t, "span0", "span1")
		cable(t, "span2", "span3")
		sources, err := OpenAll(quick("span0", "span2"))
		if err != nil {
			t.Fatal(err)
		}
		p := probes()[0]
		for i, l := range sources {
			defer l.Close()
			sender(t, []string{"span1", "span3"}[i])(p.onEthernet())
			var f capture.Frame
			await(t, l, &f)
			if !strings.HasSuffix(string(f.Data), string(p.ip)) {
				t.Errorf("%s: % x", l.Name(), f.Data)
			}
		}
		if _, err := OpenAll(quick("span0", "nowhere")); err == nil {
			t.Error("one of two interfaces does not exist, and that is no error")
		}
	})
}

// TestDown: an interface that goes down is an error once, and the capture goes on when it is up again.
func TestDown(t *testing.T) {
	onDrivers(t, func(t *testing.T, quick opening) {
		cable(t, "span0", "span1")
		l := mustOpen(t, quick("span0"))
		ip(t, "link", "set", "span0", "down")
		err := capture.ErrIdle
		var f capture.Frame
		for err == capture.ErrIdle {
			err = l.Next(&f)
		}
		if !errors.Is(err, ErrDown) || !strings.HasPrefix(err.Error(), "live: interface span0: ") {
			t.Errorf("%v", err)
		}
		if err := l.Next(&f); err != capture.ErrIdle || l.Up() {
			t.Errorf("down, and reported: %v, up: %v", err, l.Up())
		}
		if _, err := Open(quick("span0")); err == nil || !strings.Contains(err.Error(), "it is down; bring it up") {
			t.Errorf("opening what is down: %v", err)
		}
		ip(t, "link", "set", "span0", "up")
		p := probes()[0]
		send := sender(t, "span1")
		for !l.Up() {
			if err := l.Next(&f); err != capture.ErrIdle {
				t.Fatal(err)
			}
		}
		for err = capture.ErrIdle; err == capture.ErrIdle; { // the other end finds out late that the cable is whole again
			send(p.onEthernet())
			err = l.Next(&f)
		}
		if err != nil || !strings.HasSuffix(string(f.Data), string(p.ip)) {
			t.Fatalf("up again: %v", err)
		}
		ip(t, "link", "del", "span0")
		for err = nil; err == nil || err == capture.ErrIdle; {
			err = l.Next(&f)
		}
		if !errors.Is(err, ErrGone) || !strings.HasPrefix(err.Error(), "live: interface span0: ") {
			t.Errorf("%v", err)
		}
	})
}

// TestDrops sends far more than the kernel's buffer holds while nobody reads.
func TestDrops(t *testing.T) {
	onDrivers(t, func(t *testing.T, quick opening) {
		cable(t, "span0", "span1")
		cfg := quick("span0")
		cfg.BufferBytes = MinBuffer
		l := mustOpen(t, cfg)
		send := sender(t, "span1")
		frame := probe{ip: pcapwrite.Build([]byte(invite+strings.Repeat("x", 1000)), family([]byte{0x45}), pcapwrite.UDP{})}.onEthernet()
		const sent = 5000
		for range sent {
			send(frame)
		}
		dropped := l.Stats()[0].KernelDropped
		if dropped == 0 || dropped >= sent {
			t.Fatalf("%d of %d dropped", dropped, sent)
		}
		var received uint64
		for f := new(capture.Frame); l.Next(f) == nil; received++ {
		}
		if s := l.Stats()[0]; received+s.KernelDropped != sent || s.Received != sent {
			t.Errorf("%d read of %d sent, counters %+v", received, sent, s)
		}
	})
}

// TestCloseWhileReading: Close from another goroutine ends a reader, and Stats may be asked all the time.
func TestCloseWhileReading(t *testing.T) {
	onDrivers(t, func(t *testing.T, quick opening) {
		cable(t, "span0", "span1")
		l := mustOpen(t, quick("span0"))
		idle, ended := make(chan bool, 1), make(chan error)
		go func() {
			err := error(capture.ErrIdle)
			for err == capture.ErrIdle {
				err = l.Next(new(capture.Frame))
				select {
				case idle <- true:
				default:
				}
			}
			ended <- err
		}()
		<-idle
		l.Stats()
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		if err := <-ended; err != io.EOF {
			t.Errorf("the reader ended with %v", err)
		}
	})
}

func TestNextDoesNotAllocate(t *testing.T) {
	if invariants.Enabled {
		t.Skip("the checking builds copy every frame")
	}
	onDrivers(t, func(t *testing.T, quick opening) {
		cable(t, "span0", "span1")
		l := mustOpen(t, quick("span0"))
		send := sender(t, "span1")
		frame := probes()[0].onEthernet()
		for range 301 {
			send(frame)
		}
		var f capture.Frame
		if n := testing.AllocsPerRun(300, func() { await(t, l, &f) }); n != 0 {
			t.Errorf("%v allocations a packet", n)
		}
		if n := testing.AllocsPerRun(3, func() {
			if err := l.Next(&f); err != capture.ErrIdle {
				t.Error(err)
			}
		}); n != 0 {
			t.Errorf("%v allocations an idle poll", n)
		}
	})
}

// TestLoopback receives what a socket of this machine sends to another one.
func TestLoopback(t *testing.T) {
	onDrivers(t, func(t *testing.T, quick opening) {
		ip(t, "link", "set", "lo", "up")
		l := mustOpen(t, quick("lo"))
		c, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		for _, payload := range []string{rtp, invite} {
			if _, err := c.WriteTo([]byte(payload), c.LocalAddr()); err != nil && !errors.Is(err, syscall.ECONNREFUSED) {
				t.Fatal(err)
			}
		}
		var f capture.Frame
		await(t, l, &f)
		if !strings.HasSuffix(string(f.Data), invite) {
			t.Errorf("% x", f.Data)
		}
	})
}

// TestSetFilter replaces the filter of a capture that runs, removes it, and keeps it when another does not compile.
func TestSetFilter(t *testing.T) {
	inNamespace(t, func(t *testing.T) {
		cable(t, "span0", "span1")
		l := mustOpen(t, quick("span0"))
		send := sender(t, "span1")
		addresses := family([]byte{0x45})
		udp := probe{ip: pcapwrite.Build([]byte(invite), addresses, pcapwrite.UDP{Src: 5060, Dst: 5060})}.onEthernet()
		tcp := probe{ip: pcapwrite.Build([]byte(invite), addresses, pcapwrite.TCP{Src: 5060, Dst: 5060, Flags: pcapwrite.ACK})}.onEthernet()
		passes := func(want ...[]byte) {
			t.Helper()
			send(udp)
			send(tcp)
			for _, frame := range want {
				var f capture.Frame
				await(t, l, &f)
				if string(f.Data) != string(frame) {
					t.Errorf("received % x, want % x", f.Data, frame)
				}
			}
			if err := l.Next(new(capture.Frame)); err != capture.ErrIdle {
				t.Errorf("more than %d: %v", len(want), err)
			}
		}
		passes(udp, tcp)
		for _, c := range []struct {
			filter string
			want   [][]byte
		}{{"tcp", [][]byte{tcp}}, {"", [][]byte{udp, tcp}}, {"udp", [][]byte{udp}}} {
			if err := l.SetFilter(c.filter); err != nil {
				t.Error(err)
			}
			passes(c.want...)
		}
		if err := l.SetFilter("udp prot"); err == nil || !strings.Contains(err.Error(), `live: interface span0: the filter "udp prot"`) {
			t.Error(err)
		}
		passes(udp)
	})
}

// TestReplaced removes an interface and makes another of its name, before anybody has looked; and renames one that receives packets.
func TestReplaced(t *testing.T) {
	onDrivers(t, func(t *testing.T, quick opening) {
		cable(t, "span0", "span1")
		l := mustOpen(t, quick("span0"))
		ip(t, "link", "del", "span0")
		cable(t, "span0", "span1")
		var f capture.Frame
		err := capture.ErrIdle
		for err == capture.ErrIdle {
			err = l.Next(&f)
		}
		if !errors.Is(err, ErrReplaced) {
			t.Errorf("made again: %v", err)
		}
		l = mustOpen(t, quick("span0"))
		send, frame := sender(t, "span1"), probes()[0].onEthernet()
		ip(t, "link", "set", "span0", "name", "span2")
		for err = nil; err == nil || err == capture.ErrIdle; { // a packet is there each time
			send(frame)
			err = l.Next(&f)
		}
		if !errors.Is(err, ErrGone) {
			t.Errorf("renamed: %v", err)
		}
	})
}
