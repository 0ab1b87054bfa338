package pcapfile

import (
	"errors"
	"fmt"

	xbpf "golang.org/x/net/bpf"

	"sipspan/capture"
	"sipspan/internal/bpf"
)

// Compile turns a filter expression into a program for frames of a link type; live.CompileFilter is one. It is handed in
// so that reading files needs no libpcap.
type Compile func(link capture.LinkType, snaplen int, expr string) ([]xbpf.RawInstruction, error)

// filter is one expression, compiled once per link type that comes by. A nil filter passes everything.
type filter struct {
	expr     string
	compile  Compile
	programs map[capture.LinkType]*bpf.Program
	link     capture.LinkType // the one of program, most often the next frame's too
	program  *bpf.Program
}

func newFilter(expr string, compile Compile) *filter {
	if expr == "" {
		return nil
	}
	return &filter{expr: expr, compile: compile, programs: make(map[capture.LinkType]*bpf.Program)}
}

// pass reports whether f is wanted. The error says that the expression makes no sense on f's link type.
func (x *filter) pass(f *capture.Frame) (bool, error) {
	if x == nil {
		return true, nil
	}
	if x.program == nil || x.link != f.Link {
		if err := x.use(f.Link); err != nil {
			return false, err
		}
	}
	return x.program.Match(f.Data, f.Length), nil
}

// use makes the program of link the current one.
func (x *filter) use(link capture.LinkType) error {
	if link == capture.LinkUpperPDU {
		return errors.New("the filter cannot be used: it is for packets, and the file holds messages without their packets")
	}
	p := x.programs[link]
	if p == nil {
		code, err := x.compile(link, maxFrame, x.expr)
		if err != nil {
			return fmt.Errorf("the filter cannot be used on link type %v: %w", link, err)
		}
		if p, err = bpf.Load(code); err != nil {
			return fmt.Errorf("the filter %q cannot be used on link type %v: %w", x.expr, link, err)
		}
		x.programs[link] = p
	}
	x.link, x.program = link, p
	return nil
}
