package live

import (
	"encoding/binary"
	"fmt"
	"os"

	"github.com/google/gopacket/pcap"
	"golang.org/x/net/bpf"

	"sipspan/capture"
)

// CompileFilter compiles expr for packets of up to snaplen bytes that begin as link says; DefaultFilter is an expression,
// too. The error names the expression and libpcap's reason. It is also what pcapfile.Options.Compile
// wants.
func CompileFilter(link capture.LinkType, snaplen int, expr string) ([]bpf.RawInstruction, error) {
	h, err := offline(link, snaplen)
	if err != nil {
		return nil, fmt.Errorf("live: preparing libpcap for link type %v: %w", link, err)
	}
	defer h.Close()
	code, err := h.CompileBPFFilter(expression(link, expr))
	if err != nil {
		return nil, filterError(expr, err)
	}
	out := make([]bpf.RawInstruction, len(code))
	for i, in := range code {
		out[i] = bpf.RawInstruction{Op: in.Code, Jt: in.Jt, Jf: in.Jf, K: in.K}
	}
	return out, nil
}

// expression returns expr, or the expression of DefaultFilter.
func expression(link capture.LinkType, expr string) string {
	if expr == DefaultFilter {
		return DefaultExpression(link)
	}
	return expr
}

// filterError names the expression, the beginning of it when it is long.
func filterError(expr string, reason error) error {
	const enough = 200
	if len(expr) > enough {
		expr = expr[:enough] + "…"
	}
	return fmt.Errorf("the filter %q does not compile: %w", expr, reason)
}

// offline returns a handle on an empty capture of the link type. gopacket's own pcap.CompileBPFFilter keeps eight bits of
// a link type, which turns LINUX_SLL2 (276) into another; a file header has room for all of them, and libpcap translates
// its numbers into those of the platform. The file is a pipe, opened a second time by its name because libpcap closes
// what it reads from and a Go file would close the same number again.
func offline(link capture.LinkType, snaplen int) (*pcap.Handle, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	defer w.Close() // only now: a pipe without a writer cannot be opened
	header := binary.NativeEndian.AppendUint32(nil, 0xa1b2c3d4)
	header = binary.NativeEndian.AppendUint16(header, 2)
	header = binary.NativeEndian.AppendUint16(header, 4)
	header = append(header, make([]byte, 8)...) // time zone and accuracy: always 0
	header = binary.NativeEndian.AppendUint32(header, uint32(snaplen))
	header = binary.NativeEndian.AppendUint32(header, uint32(link))
	if _, err := w.Write(header); err != nil {
		return nil, err
	}
	return pcap.OpenOffline(fmt.Sprintf("/proc/self/fd/%d", r.Fd()))
}
