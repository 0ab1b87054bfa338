package bpf

import "encoding/binary"

// Match runs the program over the captured bytes of a packet that had length bytes on the wire. True means: keep it.
// It does not allocate, and it ends: every jump goes forward.
func (p *Program) Match(data []byte, length int) bool {
	var (
		a, x uint32
		mem  [scratchWords]uint32
	)
	for pc := 0; pc < len(p.code); pc++ {
		in := p.code[pc]
		k := in.K
		switch in.Op {
		case opLdW, opLdWInd:
			off := uint64(k)
			if in.Op == opLdWInd {
				off += uint64(x)
			}
			if off+4 > uint64(len(data)) {
				return false
			}
			a = binary.BigEndian.Uint32(data[off:])
		case opLdH, opLdHInd:
			off := uint64(k)
			if in.Op == opLdHInd {
				off += uint64(x)
			}
			if off+2 > uint64(len(data)) {
				return false
			}
			a = uint32(binary.BigEndian.Uint16(data[off:]))
		case opLdB, opLdBInd:
			off := uint64(k)
			if in.Op == opLdBInd {
				off += uint64(x)
			}
			if off >= uint64(len(data)) {
				return false
			}
			a = uint32(data[off])
		case opLdImm:
			a = k
		case opLdLen:
			a = uint32(length)
		case opLdMem:
			a = mem[k%scratchWords]
		case opLdxImm:
			x = k
		case opLdxLen:
			x = uint32(length)
		case opLdxMem:
			x = mem[k%scratchWords]
		case opLdxMsh:
			if uint64(k) >= uint64(len(data)) {
				return false
			}
			x = uint32(data[k]&0xf) << 2
		case opSt:
			mem[k%scratchWords] = a
		case opStx:
			mem[k%scratchWords] = x

		case opJa:
			pc += int(k)
		case opJeqK:
			pc += branch(a == k, in.Jt, in.Jf)
		case opJeqX:
			pc += branch(a == x, in.Jt, in.Jf)
		case opJgtK:
			pc += branch(a > k, in.Jt, in.Jf)
		case opJgtX:
			pc += branch(a > x, in.Jt, in.Jf)
		case opJgeK:
			pc += branch(a >= k, in.Jt, in.Jf)
		case opJgeX:
			pc += branch(a >= x, in.Jt, in.Jf)
		case opJsetK:
			pc += branch(a&k != 0, in.Jt, in.Jf)
		case opJsetX:
			pc += branch(a&x != 0, in.Jt, in.Jf)

		case opAddK:
			a += k
		case opAddX:
			a += x
		case opSubK:
			a -= k
		case opSubX:
			a -= x
		case opMulK:
			a *= k
		case opMulX:
			a *= x
		case opDivK:
			a /= k
		case opDivX:
			if x == 0 {
				return false
			}
			a /= x
		case opModK:
			a %= k
		case opModX:
			if x == 0 {
				return false
			}
			a %= x
		case opOrK:
			a |= k
		case opOrX:
			a |= x
		case opAndK:
			a &= k
		case opAndX:
			a &= x
		case opXorK:
			a ^= k
		case opXorX:
			a ^= x
		case opLshK:
			a <<= k
		case opLshX:
			a <<= x
		case opRshK:
			a >>= k
		case opRshX:
			a >>= x
		case opNeg:
			a = -a
		case opTax:
			x = a
		case opTxa:
			a = x

		case opRetK:
			return k != 0
		case opRetA:
			return a != 0
		}
	}
	return false
}

// branch returns how many instructions to skip.
func branch(yes bool, jt, jf uint8) int {
	if yes {
		return int(jt)
	}
	return int(jf)
}
