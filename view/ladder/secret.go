package ladder

import (
	"bytes"

	"sipspan/decode/sdp"
	"sipspan/decode/sip"
	"sipspan/view/plain"
)

// quote returns a message for people, without what proves that somebody has a password, without keys of media, digits that were pressed
// and, unless showText is true, what was written in a MESSAGE.
func quote(raw []byte, showText bool) string {
	own := bytes.Clone(raw)
	sip.Blank(own, showText)
	sdp.BlankKeys(own)
	return plain.Lines(own)
}
