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

// messageDictionary does the same for messages.
//
//go:embed dictionary.sip
var messageDictionary []byte

const dictionaryID = 1

// maxBody is the most that a record or a block may take when it is decompressed.
const maxBody = 16 << 20

// newPacker returns what compresses records, or blocks of messages.
func newPacker(dictionary []byte, window int) (*zstd.Encoder, error) {
	return zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithEncoderCRC(false),
		zstd.WithEncoderDictRaw(dictionaryID, dictionary), zstd.WithWindowSize(window))
}

// The windows in which repetitions are found.
const (
	recordWindow = 64 << 10
	blockWindow  = 256 << 10
)

// unpacker reads records or blocks of one part.
type unpacker struct {
	zstd  *zstd.Decoder
	plain []byte
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
	if u.plain, err = u.zstd.DecodeAll(body, u.plain[:0]); err != nil {
		return nil, fmt.Errorf("decompressing: %w", err)
	}
	return record.Decode(u.plain)
}

// messages appends the messages of a block that are chosen.
func (u *unpacker) messages(all []Message, body []byte, chosen func(*Message) bool) ([]Message, error) {
	var err error
	if u.plain, err = u.zstd.DecodeAll(body, u.plain[:0]); err != nil {
		return all, fmt.Errorf("decompressing: %w", err)
	}
	return messagesOf(all, u.plain, chosen)
}

func (u *unpacker) close() { u.zstd.Close() }
