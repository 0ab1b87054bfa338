// Package websocket takes apart what WebSocket connections carry: the handshake over HTTP/1.1, frames, messages in
// fragments and compressed messages (RFC 6455, RFC 7692).
//
// A Reader reads one direction of a connection. It is handed the bytes of the stream in order and returns the payloads
// of the messages. Find looks for the first frame where the beginning of a connection was not captured: a frame is known
// by its payload, which the caller recognises, because a frame header alone is too short to tell it from other bytes.
//
// All readers of one goroutine share a Memory. What they keep there, the fragments of messages and what a compressed
// message may refer to, is bounded; when it is full, the reader that was used least recently loses what it keeps. A
// message that grows too long, compressed or not, is cut. Each loss is counted in Stats by its reason.
//
// The package does not know what messages mean. It takes input of any kind.
package websocket
