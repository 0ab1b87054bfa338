package sip

import "bytes"

// FrameKind is what the front of a byte stream is.
type FrameKind uint8

// What a Framer tells apart. The number of bytes that goes with each is what the caller may take from the stream.
const (
	FrameNeed      FrameKind = iota // 0 bytes: more of the stream is needed to tell
	FrameComplete                   // one message: for Message.ParseStream, which may still find the start line malformed
	FrameHead                       // like FrameComplete, without its body, which is too large to wait for and follows as FrameBody
	FrameBody                       // bytes of such a body
	FrameKeepAlive                  // line breaks between messages (RFC 3261 section 7.5, RFC 5626 section 3.5.1)
	FrameGarbage                    // bytes that belong to no message
	FrameNotSIP                     // like FrameGarbage, and it does not look like text; with 0 bytes wait as for FrameNeed
	FrameOther                      // like FrameGarbage, and it begins as a protocol that says its name
	numFrameKinds  = int(iota)
)

// String returns a word for k.
func (k FrameKind) String() string {
	return [numFrameKinds]string{"need more", "complete", "head", "body", "keep-alive", "garbage", "not SIP", "other protocol"}[k]
}

// Limits of a message in a stream. What goes beyond is treated as damage and not waited for.
const (
	MaxHeaderBytes = 64 << 10  // start line and header fields
	MaxBodyBytes   = 256 << 10 // Content-Length of a body that is part of its message
	MaxPassedBytes = 16 << 20  // Content-Length of a body that is passed over
	// MaxQuotingBytes is the same for a type that may hold messages itself: a start line in it does not show that the
	// length was wrong.
	MaxQuotingBytes = 4 << 20
)

// Framer finds where the message at the front of a stream ends. Frame is called again with what is left (and with what came
// since) until it says FrameNeed; cutting the stream into other pieces does not change which messages come out. After
// FrameNeed the next call must hold the same bytes and more: it goes on where the last one stopped, so that the work does not
// grow with the number of pieces. The zero value is for the beginning of a stream.
//
// Content-Length decides (RFC 3261 section 18.3). Without one that can be believed a message ends with its header fields,
// and a body that follows all the same is garbage up to the next start line: a message is never lost for another's
// fault. For the same reason a start line in a body of type application ends that body, whatever its length was
// said to be; no such body has one. Bodies of type message and multipart may well, and are left alone.
type Framer struct {
	stage  stage
	seen   int // no line feed before here but those that line and field know
	looked int // bytes looked at, all calls together: what a test compares with the length of the stream

	// While header fields are read:
	first, field, line int  // where they begin, and the field and the line that are not whole
	length             int  // Content-Length, 0 where it cannot be believed
	hasLength          bool // the first Content-Length was there
	contentType        Span // value of Content-Type
	hasCallID          bool // the first Call-ID was there
	callID             Span // its value

	// While a body is waited for or passed over:
	body, end int  // where it begins and ends
	quoting   bool // it may hold messages itself
	version   bool // the end of a start line was found in it, so its lines are looked at, from line on
	passing   int  // bytes left of a body that is passed over

	framed Span // callID of the message that was returned last
}

type stage uint8

const (
	atStartLine stage = iota
	inHeader
	inBody
)

// Frame returns what the front of stream is, and how many bytes it has.
func (f *Framer) Frame(stream []byte) (n int, kind FrameKind) {
	n, kind = f.frame(stream)
	if n > 0 {
		f.restart(kind, len(stream)-n)
	}
	return n, kind
}

// CallID returns the Call-ID of the message that the last call of Frame has returned as FrameComplete or FrameHead, empty if it
// has none. It is what PeekCallID returns, without another search.
func (f *Framer) CallID(message []byte) []byte { return f.framed.Of(message) }

// Idle reports whether the stream is at the beginning of a message of which nothing was seen: a new Framer can go on instead.
func (f *Framer) Idle() bool { return f.stage == atStartLine && f.seen == 0 && f.passing == 0 }

// Frame is what a Framer says at the beginning of a stream.
func Frame(stream []byte) (n int, kind FrameKind) {
	var f Framer
	return f.Frame(stream)
}

// Lost tells that n bytes of the stream are missing behind those that Frame has taken, 0 when nobody knows how many.
func (f *Framer) Lost(n int) {
	passing := f.passing
	*f = Framer{looked: f.looked}
	if n > 0 {
		f.passing = max(passing-n, 0)
		f.quoting = true // where its lines begin is not known any more
	}
}

// restart forgets what was found out about bytes that are taken. left is how many are not.
func (f *Framer) restart(kind FrameKind, left int) {
	next := Framer{looked: f.looked, passing: f.passing, quoting: f.quoting}
	switch kind {
	case FrameGarbage, FrameBody, FrameNotSIP:
		if f.seen > 0 { // all of the rest was searched
			next.seen = left
		}
	case FrameComplete, FrameHead:
		next.framed = f.callID
	}
	*f = next
}

func (f *Framer) frame(stream []byte) (n int, kind FrameKind) {
	if f.passing > 0 {
		return f.pass(stream)
	}
	switch f.stage {
	case inHeader:
		return f.header(stream)
	case inBody:
		return f.wait(stream)
	}
	if n := skipLineBreaks(stream); n > 0 {
		return n, FrameKeepAlive
	}
	if len(stream) == 0 {
		return 0, FrameNeed
	}
	lf := f.lineFeed(stream[:min(len(stream), maxStartLine)], 0)
	if lf < 0 {
		if len(stream) < maxStartLine && maybeStartLine(stream, f.seen) {
			f.seen = len(stream)
			return 0, FrameNeed
		}
		f.seen = min(len(stream), maxStartLine)
		return f.garbage(stream, 0)
	}
	end, next := lineEnd(stream[:lf+1])
	if parseStartLine(stream[:end]).kind == NotSIP || tooLong(stream[:end]) {
		return f.garbage(stream, 0)
	}
	f.stage, f.seen = inHeader, next
	f.first, f.field, f.line = next, next, next
	return f.header(stream)
}

// lineFeed returns where the first line feed of b[from:] is, -1 if there is none. What was searched before is not searched
// again.
func (f *Framer) lineFeed(b []byte, from int) int {
	from = max(from, f.seen)
	if from >= len(b) {
		return -1
	}
	lf := bytes.IndexByte(b[from:], '\n')
	if lf < 0 {
		f.looked += len(b) - from
		return -1
	}
	f.looked += lf + 1
	return from + lf
}
