package rotate

import (
	"bytes"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Compression is how the blocks of a file are packed.
type Compression uint8

// The compressions.
const (
	None Compression = iota
	Gzip
	Zstd
	numCompressions = int(iota)
)

var (
	compressionNames    = [numCompressions]string{"none", "gzip", "zstd"}
	compressionSuffixes = [numCompressions]string{"", ".gz", ".zst"}
)

// String returns the name used in the configuration.
func (c Compression) String() string { return compressionNames[c] }

// ParseCompression returns the compression with that name.
func ParseCompression(name string) (Compression, error) {
	for c, n := range compressionNames {
		if n == name {
			return Compression(c), nil
		}
	}
	return None, fmt.Errorf("%q: expected none, gzip or zstd", name)
}

// packer appends src, as one block that can be read on its own, to dst.
type packer func(dst, src []byte) ([]byte, error)

func (c Compression) packer() packer {
	switch c {
	case Gzip:
		return packGzip()
	case Zstd:
		return packZstd()
	default:
		return func(dst, src []byte) ([]byte, error) { return append(dst, src...), nil }
	}
}

func packGzip() packer {
	w := gzip.NewWriter(io.Discard)
	return func(dst, src []byte) ([]byte, error) {
		out := bytes.NewBuffer(dst)
		w.Reset(out)
		if _, err := w.Write(src); err != nil {
			return dst, err
		}
		err := w.Close()
		return out.Bytes(), err
	}
}

func packZstd() packer {
	var w *zstd.Encoder
	return func(dst, src []byte) ([]byte, error) {
		if w == nil {
			var err error
			if w, err = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(256<<10)); err != nil {
				return dst, err
			}
		}
		return w.EncodeAll(src, dst), nil
	}
}

// writer packs everything that is written to it as one block, which is whole after Close. There is none for None.
func (c Compression) writer(w io.Writer) (io.WriteCloser, error) {
	switch c {
	case Gzip:
		return gzip.NewWriter(w), nil
	case Zstd:
		return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
	default:
		return nil, fmt.Errorf("%v packs nothing", c)
	}
}

// reader unpacks everything that is whole in r.
func (c Compression) reader(r io.Reader) (io.ReadCloser, error) {
	switch c {
	case Gzip:
		return gzip.NewReader(r)
	case Zstd:
		d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, err
		}
		return d.IOReadCloser(), nil
	default:
		return io.NopCloser(r), nil
	}
}
