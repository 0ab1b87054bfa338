package bpf

// The operations, class | mode or operation | operand, as in libpcap's <pcap/bpf.h>.
const (
	opLdImm  = 0x00
	opLdLen  = 0x80
	opLdMem  = 0x60
	opLdW    = 0x20 // absolute loads: word, half word, byte
	opLdH    = 0x28
	opLdB    = 0x30
	opLdWInd = 0x40 // loads at X + K
	opLdHInd = 0x48
	opLdBInd = 0x50

	opLdxImm = 0x01
	opLdxLen = 0x81
	opLdxMem = 0x61
	opLdxMsh = 0xb1 // X = 4 * (P[k] & 0xf): the length of an IPv4 header

	opSt  = 0x02
	opStx = 0x03

	opAddK, opAddX = 0x04, 0x0c
	opSubK, opSubX = 0x14, 0x1c
	opMulK, opMulX = 0x24, 0x2c
	opDivK, opDivX = 0x34, 0x3c
	opOrK, opOrX   = 0x44, 0x4c
	opAndK, opAndX = 0x54, 0x5c
	opLshK, opLshX = 0x64, 0x6c
	opRshK, opRshX = 0x74, 0x7c
	opNeg          = 0x84
	opModK, opModX = 0x94, 0x9c
	opXorK, opXorX = 0xa4, 0xac

	opJa             = 0x05
	opJeqK, opJeqX   = 0x15, 0x1d
	opJgtK, opJgtX   = 0x25, 0x2d
	opJgeK, opJgeX   = 0x35, 0x3d
	opJsetK, opJsetX = 0x45, 0x4d

	opRetK = 0x06
	opRetA = 0x16

	opTax = 0x07
	opTxa = 0x87
)

// known tells whether op is an operation that needs no further check.
func known(op uint16) bool {
	switch op {
	case opLdImm, opLdLen, opLdW, opLdH, opLdB, opLdWInd, opLdHInd, opLdBInd,
		opLdxImm, opLdxLen, opLdxMsh,
		opAddK, opAddX, opSubK, opSubX, opMulK, opMulX, opDivX, opOrK, opOrX, opAndK, opAndX,
		opLshK, opLshX, opRshK, opRshX, opNeg, opModX, opXorK, opXorX,
		opRetK, opRetA, opTax, opTxa:
		return true
	}
	return false
}
