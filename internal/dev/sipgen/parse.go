package sipgen

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"sipspan/capture/pcapwrite"
)

// ParseFlow reads a flow from text. In front of the first step stand the settings, one a line:
//
//	hosts: alice=192.0.2.10 proxy=192.0.2.11:5070 carol=2001:db8::3   (port 5060 unless given)
//	start: 2026-01-01T00:00:00Z            time of @0
//	link: ethernet                         or another one of linkNames: sll, raw, radiotap
//	tunnel: qinq 10 20                     see ParseTunnel
//	format: pcapng nanoseconds big-endian untimed   any of these words; untimed packets of pcapng have no times
//	snaplen: 128
//	clock: 20=-300 60=+5                   from @20 on the clock of the capture is set back by 300 s, from @60 on it is 5 s further
//
// A step begins with a line such as
//
//	@0.100 alice -> proxy udp retransmit=0.5,1.5
//
// and holds the text up to the next line that begins with "@". Lines end in CRLF on the wire, the empty line behind the
// headers is added when there is none, and "Content-Length: ?" gets the right number. A line "@+" begins one more
// message in the same payload. With repeat=20,1.5 the step comes twenty times, every 1.5 seconds, and {n} in its text is
// the number of the time, from 1. Other words behind the transport are Options: retransmit=, segments=, fragment=, order=, gap=,
// trailer=, stamp= (seconds by which its stamp is wrong), midstream, lost, ack, full, fin, rst, syn, refused; for ICMP host-unreachable, too-big, time-exceeded (port unreachable unless given) and router= (who
// sends it, instead of the host that the step is from); for WebSocket frames=, ping, binary, deflate, close=, http=; for SCTP chunks=, bundle, stream=, unordered, interleaved, in-udp, abort=, shutdown; and how to read the text: lf (lines end in LF), verbatim (nothing is
// added), hex (the text is bytes in hexadecimal). Lines that begin with "#" in front of the first step are comments.
func ParseFlow(text string) (*Flow, error) {
	p := &flowParser{
		flow:  &Flow{Start: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Framing: pcapwrite.Framing{Link: pcapwrite.LinkEthernet}},
		hosts: map[string]netip.AddrPort{},
	}
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		p.line = i + 1
		if err := p.take(strings.TrimSuffix(line, "\r")); err != nil {
			return nil, fmt.Errorf("flow line %d: %w", p.line, err)
		}
	}
	if err := p.finish(); err != nil {
		return nil, fmt.Errorf("flow line %d: %w", p.line, err)
	}
	p.flow.Format.Links = []pcapwrite.Link{p.flow.Framing.Link}
	if _, err := p.flow.run(); err != nil {
		return nil, err
	}
	return p.flow, nil
}

type flowParser struct {
	flow  *Flow
	hosts map[string]netip.AddrPort
	line  int
	step  *Step
	style textStyle
	text  []string   // lines of the message being read
	parts [][]string // messages before it in the same step

	repeat int           // how often the step comes, 0 for once
	every  time.Duration // and how far apart
}

type textStyle struct{ lf, verbatim, hex bool }

func (p *flowParser) take(line string) error {
	switch {
	case line == "@+" && p.step != nil:
		p.parts = append(p.parts, p.text)
		p.text = nil
		return nil
	case strings.HasPrefix(line, "@"):
		if err := p.finish(); err != nil {
			return err
		}
		return p.begin(line[1:])
	case p.step != nil:
		p.text = append(p.text, line)
		return nil
	case line == "" || line[0] == '#':
		return nil
	}
	key, value, ok := strings.Cut(line, ":")
	if !ok {
		return fmt.Errorf("%q is neither a setting nor a step", line)
	}
	return p.setting(key, strings.TrimSpace(value))
}

func (p *flowParser) setting(key, value string) (err error) {
	switch key {
	case "hosts":
		return p.addHosts(value)
	case "start":
		p.flow.Start, err = time.Parse(time.RFC3339Nano, value)
	case "link":
		link, ok := linkNames[value]
		if !ok {
			return fmt.Errorf("unknown link type %q", value)
		}
		p.flow.Framing.Link = link
	case "tunnel":
		p.flow.Framing.Tunnel, err = ParseTunnel(value)
	case "clock":
		return p.addClock(value)
	case "snaplen":
		p.flow.Format.Snaplen, err = strconv.Atoi(value)
	case "format":
		for _, word := range strings.Fields(value) {
			switch word {
			case "pcap":
			case "pcapng":
				p.flow.Format.NG = true
			case "untimed":
				p.flow.Format.Untimed = true
			case "nanoseconds":
				p.flow.Format.Nanos = true
			case "big-endian":
				p.flow.Format.BigEndian = true
			default:
				return fmt.Errorf("unknown format %q", word)
			}
		}
	default:
		return fmt.Errorf("unknown setting %q", key)
	}
	return err
}

func (p *flowParser) addClock(list string) error {
	for _, entry := range strings.Fields(list) {
		when, by, _ := strings.Cut(entry, "=")
		at, err := seconds(when)
		if err != nil {
			return err
		}
		step, err := seconds(by)
		if err != nil {
			return err
		}
		p.flow.Clock = append(p.flow.Clock, ClockStep{at, step})
	}
	return nil
}

func (p *flowParser) addHosts(list string) error {
	for _, entry := range strings.Fields(list) {
		name, addr, _ := strings.Cut(entry, "=")
		if a, err := netip.ParseAddr(addr); err == nil {
			p.hosts[name] = netip.AddrPortFrom(a, 5060)
			continue
		}
		ap, err := netip.ParseAddrPort(addr)
		if err != nil {
			return fmt.Errorf("host %q: %w", entry, err)
		}
		p.hosts[name] = ap
	}
	return nil
}

// begin reads the line that opens a step, without its "@".
func (p *flowParser) begin(line string) error {
	words := strings.Fields(line)
	if len(words) < 5 || words[2] != "->" {
		return fmt.Errorf("a step reads \"@SECONDS FROM -> TO TRANSPORT\", not %q", "@"+line)
	}
	at, err := seconds(words[0])
	if err != nil {
		return err
	}
	s := Step{At: at, Transport: Transport(words[4]), sourceLine: p.line}
	var ok bool
	if s.From, ok = p.hosts[words[1]]; !ok {
		return fmt.Errorf("unknown host %q", words[1])
	}
	if s.To, ok = p.hosts[words[3]]; !ok {
		return fmt.Errorf("unknown host %q", words[3])
	}
	if !slices.Contains(transports, s.Transport) {
		return fmt.Errorf("unknown transport %q", words[4])
	}
	p.style, p.repeat, p.every = textStyle{}, 0, 0
	for _, word := range words[5:] {
		if text, ok := strings.CutPrefix(word, "repeat="); ok {
			times, every, _ := strings.Cut(text, ",")
			if p.repeat, err = strconv.Atoi(times); err != nil {
				return fmt.Errorf("option %q: %w", word, err)
			}
			if p.every, err = seconds(every); err != nil {
				return fmt.Errorf("option %q: %w", word, err)
			}
			continue
		}
		if err := p.option(&s.Options, word); err != nil {
			return err
		}
	}
	p.step, p.text, p.parts = &s, nil, nil
	return nil
}

func (p *flowParser) option(o *Options, word string) (err error) {
	key, value, _ := strings.Cut(word, "=")
	switch key {
	case "retransmit":
		for _, v := range strings.Split(value, ",") {
			d, err := seconds(v)
			if err != nil {
				return err
			}
			o.Retransmit = append(o.Retransmit, d)
		}
	case "gap":
		o.Gap, err = seconds(value)
	case "stamp":
		o.Stamp, err = seconds(value)
	case "segments":
		o.Segments, err = numbers(value)
	case "order":
		o.Order, err = numbers(value)
	case "fragment":
		o.Fragment, err = strconv.Atoi(value)
	case "trailer":
		o.Trailer, err = strconv.Atoi(value)
	case "midstream":
		o.MidStream = true
	case "lost":
		o.Lost = true
	case "ack":
		o.ACK = true
	case "full":
		o.Full = true
	case "router":
		o.Router, err = netip.ParseAddr(value)
	case "host-unreachable":
		o.ICMPError = pcapwrite.HostUnreachable
	case "too-big":
		o.ICMPError = pcapwrite.TooBig
	case "time-exceeded":
		o.ICMPError = pcapwrite.TimeExceeded
	case "fin":
		o.FIN = true
	case "rst":
		o.RST = true
	case "syn":
		o.SYN = true
	case "refused":
		o.Refused = true
	case "chunks":
		o.Chunks, err = numbers(value)
	case "bundle":
		o.Bundle = true
	case "stream":
		o.Stream, err = strconv.Atoi(value)
	case "unordered":
		o.Unordered = true
	case "interleaved":
		o.Interleaved = true
	case "in-udp":
		o.InUDP = true
	case "abort":
		o.Abort, err = strconv.Atoi(value)
	case "shutdown":
		o.Shutdown = true
	case "frames":
		o.Frames, err = numbers(value)
	case "ping":
		o.Ping = true
	case "binary":
		o.Binary = true
	case "deflate":
		o.Deflate = true
	case "close":
		o.Close, err = strconv.Atoi(value)
	case "http":
		o.HTTP, err = strconv.Atoi(value)
	case "lf":
		p.style.lf = true
	case "verbatim":
		p.style.verbatim = true
	case "hex":
		p.style.hex = true
	default:
		return fmt.Errorf("unknown option %q", word)
	}
	if err != nil {
		return fmt.Errorf("option %q: %w", word, err)
	}
	return nil
}

// finish completes the payload of the step being read.
func (p *flowParser) finish() error {
	if p.step == nil {
		return nil
	}
	for n := range max(1, p.repeat) {
		s := *p.step
		s.At += time.Duration(n) * p.every
		for _, part := range append(p.parts, p.text) {
			if p.repeat > 0 {
				part = slices.Clone(part)
				for i, line := range part {
					part[i] = strings.ReplaceAll(line, "{n}", strconv.Itoa(n+1))
				}
			}
			b, err := p.style.payload(part)
			if err != nil {
				return fmt.Errorf("step of line %d: %w", s.sourceLine, err)
			}
			s.Payload = append(s.Payload, b...)
		}
		p.flow.Steps = append(p.flow.Steps, s)
	}
	p.step = nil
	return nil
}

// payload makes the bytes on the wire of the lines of one message.
func (s textStyle) payload(lines []string) ([]byte, error) {
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	if len(lines) == 0 {
		return nil, nil
	}
	if s.hex {
		return hex.DecodeString(strings.Join(strings.Fields(strings.Join(lines, " ")), ""))
	}
	end := "\r\n"
	if s.lf {
		end = "\n"
	}
	text := []byte(strings.Join(lines, end) + end)
	if s.verbatim {
		return text, nil
	}
	head, body, ok := bytes.Cut(text, []byte(end+end))
	if !ok {
		head = bytes.TrimSuffix(head, []byte(end))
	}
	length := "Content-Length: " + strconv.Itoa(len(body))
	head = bytes.Replace(head, []byte("Content-Length: ?"), []byte(length), 1)
	return append(append(head, end+end...), body...), nil
}

func seconds(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text + "s")
	if err != nil {
		return 0, fmt.Errorf("%q is not a number of seconds", text)
	}
	return d, nil
}

func numbers(list string) ([]int, error) {
	var out []int
	for _, v := range strings.Split(list, ",") {
		n, err := strconv.Atoi(v)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}
