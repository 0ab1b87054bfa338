package pcapfile

// tlsKeyLog is the kind of secrets that are the text of a key log of TLS (section 4.7).
const tlsKeyLog = 0x544c534b

// secrets reads a decryption secrets block.
func (r *ngReader) secrets(size uint32) error {
	if r.tell == nil || size > maxBlock {
		return r.skip(size)
	}
	b, err := r.body(size)
	if err != nil {
		return err
	}
	if len(b) < 8 {
		return r.short("decryption secrets block", len(b))
	}
	text := b[8:]
	if n := r.order.u32(b[4:]); uint64(n) <= uint64(len(text)) {
		text = text[:n]
	}
	if r.order.u32(b) == tlsKeyLog {
		r.tell(text)
	}
	return nil
}
