package pcapfile

import (
	"errors"
	"fmt"
	"io"

	"sipspan/capture"
)

// over reports whether the stream ended where its writer stopped, and not by a failure to read or to decompress it.
func (v *window) over() bool { return v.err == nil || errors.Is(v.err, io.EOF) }

// broken is the error of a stream that failed, and did not just end, while packet was wanted.
func (v *window) broken(packet uint64) *capture.InputError {
	return &capture.InputError{Packet: packet, Offset: v.offset(), Err: v.err}
}

// cut is the error of a stream that ends have bytes into something that needs need bytes.
func (v *window) cut(packet uint64, have, need int64) *capture.InputError {
	if !v.over() {
		return v.broken(packet)
	}
	return &capture.InputError{Packet: packet, Offset: v.offset(), Err: fmt.Errorf(
		"%w: %d bytes belong here, %d are left; everything before was read. Is it still being written, or was it copied whole?", capture.ErrCut, need, have)}
}

// corrupt is the error of a record that cannot be.
func (v *window) corrupt(packet uint64, format string, args ...any) *capture.InputError {
	return &capture.InputError{Packet: packet, Offset: v.offset(), Err: fmt.Errorf(
		"%w: %s; everything before was read", capture.ErrCorrupt, fmt.Sprintf(format, args...))}
}
