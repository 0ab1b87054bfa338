package hep

import (
	"bytes"

	"github.com/klauspost/compress/zlib"
)

// Deflater compresses payloads with zlib, as agents do. Its memory is used again. The zero value is ready.
type Deflater struct {
	out bytes.Buffer
	w   *zlib.Writer
}

// smallestDeflated is the size of a payload from which on compression is tried: below it hardly anything is saved.
const smallestDeflated = 200

// Deflate compresses the payload of p, unless it is compressed already or does not become smaller. What p refers to is good until the
// next call.
func (d *Deflater) Deflate(p *Packet) {
	if p.Compressed || len(p.Payload) < smallestDeflated {
		return
	}
	d.out.Reset()
	if d.w == nil {
		d.w = zlib.NewWriter(&d.out)
	} else {
		d.w.Reset(&d.out)
	}
	_, _ = d.w.Write(p.Payload) // a buffer takes everything
	_ = d.w.Close()
	if d.out.Len() < len(p.Payload) {
		p.Payload, p.Compressed = d.out.Bytes(), true
	}
}
