package media

import (
	"bytes"

	"sipspan/decode/sip"
)

// Description returns the session description in the body of a message, alone or as a part, nil if there is none. It
// refers to the message.
func Description(m *sip.Message) []byte {
	body := m.Body()
	if len(body) == 0 {
		return nil
	}
	contentType := m.ContentType()
	if sip.MediaTypeIs(contentType, "application/sdp") {
		return body
	}
	const multipart = "multipart/"
	if len(contentType) < len(multipart) || !bytes.EqualFold(contentType[:len(multipart)], []byte(multipart)) {
		return nil
	}
	for parts := sip.Parts(contentType, body); ; {
		part, ok := parts.Next()
		if !ok {
			return nil
		}
		if sip.MediaTypeIs(part.ContentType, "application/sdp") {
			return part.Body
		}
	}
}
