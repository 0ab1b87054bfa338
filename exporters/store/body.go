package store

import (
	_ "embed"
	"fmt"

	"github.com/klauspost/compress/zstd"

	"sipspan/record"
)

// dictionary holds what records have in common: the names of their members and frequent values. Each part keeps the one that it was written with, so
// that this one can be changed.
//
//go:embed dictionary.jsonl
var dictionary []byte

const dictionaryID = 1

// maxBody is the most that a record may take when it is decompressed.
const maxBody = 16 << 20

// newPacker returns what compresses records.
func newPacker() (*zstd.Encoder, error) {
	return zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithEncoderCRC(false),
		zstd.WithEncoderDictRaw(dictionaryID, dictionary), zstd.WithWindowSize(64<<10))
}

// unpacker reads records of one part.
type unpacker struct {
	zstd *zstd.Decoder
	json []byte
}

func newUnpacker(dictionary []byte) (*unpacker, error) {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxBody), zstd.WithDecoderDictRaw(dictionaryID, dictionary))
	if err != nil {
		return nil, err
	}
	return &unpacker{zstd: d}, nil
}

// record returns the record of a body. It keeps no reference to the body.
func (u *unpacker) record(body []byte) (record.Record, error) {
	var err error
	if u.json, err = u.zstd.DecodeAll(body, u.json[:0]); err != nil {
		return nil, fmt.Errorf("decompressing: %w", err)
	}
	return record.Decode(u.json)
}

func (u *unpacker) close() { u.zstd.Close() }
