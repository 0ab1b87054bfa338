package bpf

import (
	"errors"
	"fmt"

	xbpf "golang.org/x/net/bpf"
)

// maxInstructions is BPF_MAXINSNS of libpcap and the kernel.
const maxInstructions = 4096

// scratchWords is BPF_MEMWORDS: the size of the scratch memory M[].
const scratchWords = 16

// Program is a checked filter. It is immutable: any number of goroutines may run it.
type Program struct {
	code []xbpf.RawInstruction
}

// Load checks code and returns it ready to run. It refuses what the kernel would refuse: an unknown instruction, a jump or
// a scratch register out of range, a constant division by zero, an end without return.
func Load(code []xbpf.RawInstruction) (*Program, error) {
	if len(code) == 0 {
		return nil, errors.New("bpf: the program is empty")
	}
	if len(code) > maxInstructions {
		return nil, fmt.Errorf("bpf: the program has %d instructions, at most %d are allowed", len(code), maxInstructions)
	}
	for pc, in := range code {
		if err := check(in, len(code)-pc-1); err != nil {
			return nil, fmt.Errorf("bpf: instruction %d: %w", pc, err)
		}
	}
	if last := code[len(code)-1].Op; last != opRetK && last != opRetA {
		return nil, errors.New("bpf: the program does not end with a return")
	}
	return &Program{code: append([]xbpf.RawInstruction(nil), code...)}, nil
}

// check tells whether in may run with rest instructions behind it.
func check(in xbpf.RawInstruction, rest int) error {
	switch in.Op {
	case opLdMem, opLdxMem, opSt, opStx:
		if in.K >= scratchWords {
			return fmt.Errorf("scratch register %d, there are %d", in.K, scratchWords)
		}
	case opJa:
		if uint64(in.K) >= uint64(rest) {
			return errors.New("jump behind the end")
		}
	case opJeqK, opJgtK, opJgeK, opJsetK, opJeqX, opJgtX, opJgeX, opJsetX:
		if int(in.Jt) >= rest || int(in.Jf) >= rest {
			return errors.New("jump behind the end")
		}
	case opDivK, opModK:
		if in.K == 0 {
			return errors.New("division by zero")
		}
	default:
		if !known(in.Op) {
			return fmt.Errorf("unknown operation %#04x", in.Op)
		}
	}
	return nil
}
