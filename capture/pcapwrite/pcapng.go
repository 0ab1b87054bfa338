package pcapwrite

// The blocks of pcapng that a capture of packets needs.
const (
	blockSectionHeader        = 0x0a0d0d0a
	blockInterfaceDescription = 1
	blockSimplePacket         = 3
	blockEnhancedPacket       = 6
	optionInterfaceName       = 2
	optionTimeResolution      = 9
)

func (w *Writer) sectionHeader() {
	w.begin()
	w.u32(blockSectionHeader)
	w.u32(28)
	w.u32(0x1a2b3c4d)
	w.u16(1)
	w.u16(0)
	w.u32(0xffffffff) // length of the section is not given
	w.u32(0xffffffff)
	w.u32(28)
	w.end(nil)
}

func (w *Writer) interfaceDescription(index int, link Link) {
	length := uint32(20 + 8 + 4) // fixed part, name, end of options
	if w.f.Nanos {
		length += 8
	}
	w.begin()
	w.u32(blockInterfaceDescription)
	w.u32(length)
	w.u16(uint16(link))
	w.u16(0)
	w.u32(w.snaplen())
	w.u16(optionInterfaceName)
	w.u16(4)
	w.bytes('e', 't', 'h', '0'+byte(index%10))
	if w.f.Nanos {
		w.u16(optionTimeResolution)
		w.u16(1)
		w.bytes(9, 0, 0, 0)
	}
	w.u32(0)
	w.u32(length)
	w.end(nil)
}

func (w *Writer) enhancedPacket(t int64, iface int, data []byte, length int) {
	pad := -len(data) & 3
	total := uint32(32 + len(data) + pad)
	if !w.f.Nanos {
		t /= 1000
	}
	w.begin()
	w.u32(blockEnhancedPacket)
	w.u32(total)
	w.u32(uint32(iface))
	w.u32(uint32(uint64(t) >> 32))
	w.u32(uint32(t))
	w.u32(uint32(len(data)))
	w.u32(uint32(length))
	w.end(data)
	w.begin()
	w.bytes(make([]byte, pad)...)
	w.u32(total)
	w.end(nil)
}

func (w *Writer) simplePacket(data []byte, length int) {
	pad := -len(data) & 3
	total := uint32(16 + len(data) + pad)
	w.begin()
	w.u32(blockSimplePacket)
	w.u32(total)
	w.u32(uint32(length))
	w.end(data)
	w.begin()
	w.bytes(make([]byte, pad)...)
	w.u32(total)
	w.end(nil)
}
