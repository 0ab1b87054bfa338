package capture

import (
	"errors"
	"fmt"
	"testing"
)

func TestLinkTypeString(t *testing.T) {
	for link, want := range map[LinkType]string{
		LinkNull: "NULL", LinkEthernet: "ETHERNET", LinkPPP: "PPP", LinkDLTRaw: "RAW", LinkDLTRawBSD: "RAW", LinkRaw: "RAW",
		LinkLoop: "LOOP", LinkLinuxSLL: "LINUX_SLL", LinkLinuxSLL2: "LINUX_SLL2", LinkIPv4: "IPV4", LinkIPv6: "IPV6",
		LinkIEEE80211: "IEEE802_11", LinkRadiotap: "IEEE802_11_RADIOTAP", LinkUpperPDU: "WIRESHARK_UPPER_PDU", 999: "LINKTYPE 999",
	} {
		if got := link.String(); got != want {
			t.Errorf("%d: %s, want %s", uint16(link), got, want)
		}
	}
}

func TestInputError(t *testing.T) {
	reason := fmt.Errorf("%w: 3 bytes are left", ErrCut)
	for _, c := range []struct {
		err  InputError
		want string
	}{
		{InputError{File: "a.pcap", Err: reason}, "a.pcap: the file is cut short: 3 bytes are left"},
		{InputError{File: "a.pcap", Packet: 7, Offset: 4711, Err: reason}, "a.pcap: packet 7 at byte 4711: the file is cut short: 3 bytes are left"},
		{InputError{File: "-", Packet: 1, Offset: 24, Err: reason}, "standard input: packet 1 at byte 24: the file is cut short: 3 bytes are left"},
	} {
		if got := c.err.Error(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
		if !errors.Is(&c.err, ErrCut) {
			t.Errorf("%v is no ErrCut", &c.err)
		}
	}
}
