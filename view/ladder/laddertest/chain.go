package laddertest

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"sipspan/view/ladder"
)

// Chain returns the messages of a call that goes over so many hops: INVITE and its answers, and then requests of the caller until there are
// as many messages as asked for.
func Chain(hops, messages int) []ladder.Message {
	c := chain{hops: hops, at: 1_700_000_000e9}
	c.request("INVITE", 1)
	c.response("180 Ringing", "INVITE", 1)
	c.response("200 OK", "INVITE", 1)
	c.request("ACK", 1)
	for n := 2; len(c.all) < messages; n++ {
		c.request("INFO", n)
		c.response("200 OK", "INFO", n)
	}
	return c.all[:messages]
}

type chain struct {
	hops int
	at   int64
	all  []ladder.Message
}

func (c *chain) request(method string, number int) {
	for hop := range c.hops {
		c.send(hop, hop+1, method+" sip:bob@example.com SIP/2.0", method, number, hop)
	}
}

func (c *chain) response(status, method string, number int) {
	for hop := range c.hops {
		at := c.hops - 1 - hop
		c.send(at+1, at, "SIP/2.0 "+status, method, number, at)
	}
}

// send adds a message with the Vias of all elements up to one.
func (c *chain) send(from, to int, start, method string, number, upTo int) {
	var vias []string
	for i := range upTo + 1 {
		vias = append(vias, fmt.Sprintf("Via: SIP/2.0/UDP %s;branch=z9hG4bK-%d-%s-%d\r\n", element(i), i, method, number))
	}
	slices.Reverse(vias)
	c.at += 10e6
	c.all = append(c.all, ladder.Message{
		Time: c.at, Src: element(from), Dst: element(to), Transport: "UDP", CallID: "chain", Frames: []int{len(c.all) + 1},
		Raw: fmt.Appendf(nil, "%s\r\n%sFrom: <sip:alice@example.com>;tag=a\r\nTo: <sip:bob@example.com>\r\nCall-ID: chain\r\nCSeq: %d %s\r\n\r\n",
			start, strings.Join(vias, ""), number, method),
	})
}

func element(n int) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{198, 51, 100, byte(n + 1)}), 5060)
}
