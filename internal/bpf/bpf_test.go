package bpf

import (
	"encoding/binary"
	"strings"
	"testing"

	xbpf "golang.org/x/net/bpf"
)

// assemble turns x/net's readable instructions into a program.
func assemble(t testing.TB, in ...xbpf.Instruction) []xbpf.RawInstruction {
	t.Helper()
	code, err := xbpf.Assemble(in)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func TestLoad(t *testing.T) {
	ret := xbpf.RawInstruction{Op: opRetK, K: 1}
	long := make([]xbpf.RawInstruction, maxInstructions+1)
	for i := range long {
		long[i] = ret
	}
	for _, c := range []struct {
		name string
		code []xbpf.RawInstruction
		says string
	}{
		{"empty", nil, "empty"},
		{"too long", long, "4097 instructions"},
		{"no return", []xbpf.RawInstruction{{Op: opTax}}, "does not end with a return"},
		{"unknown", []xbpf.RawInstruction{{Op: 0xff}, ret}, "unknown operation 0x00ff"},
		{"scratch", []xbpf.RawInstruction{{Op: opSt, K: 16}, ret}, "scratch register 16"},
		{"jump", []xbpf.RawInstruction{{Op: opJa, K: 1}, ret}, "behind the end"},
		{"far jump", []xbpf.RawInstruction{{Op: opJa, K: 0xffffffff}, ret}, "behind the end"},
		{"branch", []xbpf.RawInstruction{{Op: opJeqK, Jt: 1}, ret}, "behind the end"},
		{"other branch", []xbpf.RawInstruction{{Op: opJsetX, Jf: 1}, ret}, "behind the end"},
		{"division", []xbpf.RawInstruction{{Op: opDivK}, ret}, "division by zero"},
	} {
		if _, err := Load(c.code); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", c.name, err, c.says)
		}
	}
	if _, err := Load(long[:maxInstructions]); err != nil {
		t.Error(err)
	}
}

// TestMatch runs each operation and compares what is left in A.
func TestMatch(t *testing.T) {
	packet := []byte{0x45, 0x01, 0x02, 0x03, 0x80, 0xff}
	k := func(op uint16, k uint32) xbpf.RawInstruction { return xbpf.RawInstruction{Op: op, K: k} }
	for _, c := range []struct {
		name string
		code []xbpf.RawInstruction
		a    uint32
	}{
		{"word", []xbpf.RawInstruction{k(opLdW, 1)}, 0x01020380},
		{"half word", []xbpf.RawInstruction{k(opLdH, 4)}, 0x80ff},
		{"byte", []xbpf.RawInstruction{k(opLdB, 5)}, 0xff},
		{"indirect word", []xbpf.RawInstruction{k(opLdxImm, 1), k(opLdWInd, 1)}, 0x020380ff},
		{"indirect half word", []xbpf.RawInstruction{k(opLdxImm, 1), k(opLdHInd, 1)}, 0x0203},
		{"indirect byte", []xbpf.RawInstruction{k(opLdxImm, 1), k(opLdBInd, 3)}, 0x80},
		{"header length", []xbpf.RawInstruction{k(opLdxMsh, 0), k(opTxa, 0)}, 20},
		{"length", []xbpf.RawInstruction{k(opLdLen, 0)}, 1500},
		{"length in X", []xbpf.RawInstruction{k(opLdxLen, 0), k(opTxa, 0)}, 1500},
		{"scratch", []xbpf.RawInstruction{k(opLdImm, 7), k(opSt, 15), k(opLdImm, 0), k(opLdMem, 15)}, 7},
		{"scratch of X", []xbpf.RawInstruction{k(opLdxImm, 7), k(opStx, 3), k(opLdxImm, 0), k(opLdxMem, 3), k(opTxa, 0)}, 7},
		{"add", []xbpf.RawInstruction{k(opLdImm, 7), k(opTax, 0), k(opAddX, 0), k(opAddK, 0xffffffff)}, 13},
		{"subtract", []xbpf.RawInstruction{k(opLdImm, 7), k(opSubK, 8), k(opLdxImm, 1), k(opSubX, 0)}, 0xfffffffe},
		{"multiply", []xbpf.RawInstruction{k(opLdImm, 7), k(opMulK, 3), k(opLdxImm, 2), k(opMulX, 0)}, 42},
		{"divide", []xbpf.RawInstruction{k(opLdImm, 43), k(opDivK, 2), k(opLdxImm, 4), k(opDivX, 0)}, 5},
		{"modulo", []xbpf.RawInstruction{k(opLdImm, 43), k(opModK, 10), k(opLdxImm, 2), k(opModX, 0)}, 1},
		{"or", []xbpf.RawInstruction{k(opLdImm, 1), k(opOrK, 2), k(opLdxImm, 4), k(opOrX, 0)}, 7},
		{"and", []xbpf.RawInstruction{k(opLdImm, 15), k(opAndK, 7), k(opLdxImm, 12), k(opAndX, 0)}, 4},
		{"xor", []xbpf.RawInstruction{k(opLdImm, 15), k(opXorK, 1), k(opLdxImm, 2), k(opXorX, 0)}, 12},
		{"shift left", []xbpf.RawInstruction{k(opLdImm, 1), k(opLshK, 3), k(opLdxImm, 2), k(opLshX, 0)}, 32},
		{"shift right", []xbpf.RawInstruction{k(opLdImm, 64), k(opRshK, 3), k(opLdxImm, 2), k(opRshX, 0)}, 2},
		{"negate", []xbpf.RawInstruction{k(opLdImm, 1), k(opNeg, 0)}, 0xffffffff},
	} {
		check := append(c.code, xbpf.RawInstruction{Op: opJeqK, K: c.a, Jf: 1}, k(opRetK, 1), k(opRetK, 0))
		p, err := Load(check)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if !p.Match(packet, 1500) {
			t.Errorf("%s: A is not %#x", c.name, c.a)
		}
		if n := testing.AllocsPerRun(100, func() { p.Match(packet, 1500) }); n != 0 {
			t.Errorf("%s: %v allocations", c.name, n)
		}
	}
}

func TestRejects(t *testing.T) {
	for name, in := range map[string]xbpf.RawInstruction{
		"word":          {Op: opLdW, K: 1},
		"half word":     {Op: opLdH, K: 3},
		"byte":          {Op: opLdB, K: 4},
		"far word":      {Op: opLdW, K: 0xffffffff},
		"indirect":      {Op: opLdWInd, K: 0xffffffff},
		"header length": {Op: opLdxMsh, K: 4},
		"division":      {Op: opDivX},
		"modulo":        {Op: opModX},
	} {
		p, err := Load([]xbpf.RawInstruction{in, {Op: opRetK, K: 1}})
		if err != nil {
			t.Fatal(err)
		}
		if name == "indirect" {
			p, _ = Load([]xbpf.RawInstruction{{Op: opLdxImm, K: 0xffffffff}, in, {Op: opRetK, K: 1}})
		}
		if p.Match(make([]byte, 4), 4) {
			t.Errorf("%s matches", name)
		}
	}
}

// FuzzMatch: the program never panics, and decides as x/net's machine does wherever that takes the program.
func FuzzMatch(f *testing.F) {
	seed := assemble(f,
		xbpf.LoadAbsolute{Off: 12, Size: 2},
		xbpf.JumpIf{Cond: xbpf.JumpEqual, Val: 0x800, SkipFalse: 4},
		xbpf.LoadMemShift{Off: 14},
		xbpf.LoadIndirect{Off: 16, Size: 2},
		xbpf.JumpIf{Cond: xbpf.JumpGreaterOrEqual, Val: 5060, SkipFalse: 1},
		xbpf.RetConstant{Val: 65535},
		xbpf.RetConstant{})
	packet := append(make([]byte, 12), 8, 0, 0x45, 0, 0, 0, 0x13, 0xc4)
	f.Add(raw(seed), packet)
	f.Add(raw(assemble(f, xbpf.LoadScratch{Dst: xbpf.RegX, N: 3}, xbpf.ALUOpX{Op: xbpf.ALUOpDiv}, xbpf.RetA{})), packet)
	f.Add(raw(assemble(f, xbpf.LoadConstant{Val: 9}, xbpf.StoreScratch{N: 2}, xbpf.ALUOpConstant{Op: xbpf.ALUOpXor, Val: 1}, xbpf.TAX{}, xbpf.RetA{})), packet)
	f.Fuzz(func(t *testing.T, code, packet []byte) {
		program := cooked(code)
		p, err := Load(program)
		if err != nil {
			return
		}
		got := p.Match(packet, len(packet))
		in, all := xbpf.Disassemble(program)
		if !all || !comparable(program) {
			return
		}
		vm, err := xbpf.NewVM(in)
		if err != nil {
			return
		}
		n, err := vm.Run(packet)
		if err != nil {
			return
		}
		if got != (n != 0) {
			t.Fatalf("%v, x/net returns %d for %v over % x", got, n, in, packet)
		}
	})
}

// comparable leaves out where x/net's machine differs from the kernel's: it knows Linux's extensions, and adds offsets as
// signed numbers.
func comparable(code []xbpf.RawInstruction) bool {
	for _, in := range code {
		if in.K > 1<<20 || in.Op == opLdxLen {
			return false
		}
		switch in.Op {
		case opLdWInd, opLdHInd, opLdBInd:
			return false
		}
	}
	return true
}

func raw(code []xbpf.RawInstruction) []byte {
	var b []byte
	for _, in := range code {
		b = binary.BigEndian.AppendUint16(b, in.Op)
		b = append(b, in.Jt, in.Jf)
		b = binary.BigEndian.AppendUint32(b, in.K)
	}
	return b
}

func cooked(b []byte) []xbpf.RawInstruction {
	var code []xbpf.RawInstruction
	for ; len(b) >= 8; b = b[8:] {
		code = append(code, xbpf.RawInstruction{Op: binary.BigEndian.Uint16(b), Jt: b[2], Jf: b[3], K: binary.BigEndian.Uint32(b[4:])})
	}
	return code
}

func BenchmarkMatch(b *testing.B) {
	p, err := Load(assemble(b,
		xbpf.LoadAbsolute{Off: 12, Size: 2},
		xbpf.JumpIf{Cond: xbpf.JumpEqual, Val: 0x800, SkipFalse: 6},
		xbpf.LoadAbsolute{Off: 23, Size: 1},
		xbpf.JumpIf{Cond: xbpf.JumpEqual, Val: 17, SkipFalse: 4},
		xbpf.LoadMemShift{Off: 14},
		xbpf.LoadIndirect{Off: 16, Size: 2},
		xbpf.JumpIf{Cond: xbpf.JumpEqual, Val: 5060, SkipFalse: 1},
		xbpf.RetConstant{Val: 65535},
		xbpf.RetConstant{}))
	if err != nil {
		b.Fatal(err)
	}
	packet := make([]byte, 600)
	packet[12], packet[14], packet[23], packet[36], packet[37] = 8, 0x45, 17, 0x13, 0xc4
	b.ReportAllocs()
	for b.Loop() {
		if !p.Match(packet, len(packet)) {
			b.Fatal("no match")
		}
	}
}
