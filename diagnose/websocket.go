package diagnose

import (
	"strconv"

	"sipspan/internal/wire"
)

var webSocketTable = []Diagnosis{
	{"websocket_refused", WebSocket, "an HTTP status of 300 and above in answer to a WebSocket handshake for SIP",
		"{method} could not be sent to {to}: {from} refused the WebSocket handshake with HTTP status {number}",
		"check path, Origin and credentials of the client, and whether {from} serves the subprotocol sip there"},
	{"websocket_closed", WebSocket, "a WebSocket close frame before the answer",
		"{method} to {to} got no final response: {from} closed the WebSocket with status code {number}",
		"look at the log of {from}; RFC 6455 section 7.4.1 lists the status codes, and 1005 is a close without one"},
}

// codeOf returns what an event adds to its text: the status of HTTP or of a close frame.
func codeOf(e *wire.NetworkEvent) string {
	switch e.Kind {
	case wire.WebSocketRefused:
		return " with HTTP status " + strconv.Itoa(int(e.Code))
	case wire.WebSocketClosed:
		return " with status code " + strconv.Itoa(int(e.Code))
	}
	return ""
}
