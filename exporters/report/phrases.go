package report

import "strconv"

// phrases are the reason phrases of the RFCs, for codes of which only the number is known.
var phrases = map[int]string{
	100: "Trying", 180: "Ringing", 181: "Call Is Being Forwarded", 182: "Queued", 183: "Session Progress", 199: "Early Dialog Terminated",
	200: "OK", 202: "Accepted", 204: "No Notification",
	300: "Multiple Choices", 301: "Moved Permanently", 302: "Moved Temporarily", 305: "Use Proxy", 380: "Alternative Service",
	400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
	406: "Not Acceptable", 407: "Proxy Auth Required", 408: "Request Timeout", 410: "Gone", 412: "Conditional Request Failed",
	413: "Request Entity Too Large", 414: "Request-URI Too Long", 415: "Unsupported Media Type", 416: "Unsupported URI Scheme",
	420: "Bad Extension", 421: "Extension Required", 422: "Session Interval Too Small", 423: "Interval Too Brief", 480: "Temporarily Unavailable",
	481: "Call Does Not Exist", 482: "Loop Detected", 483: "Too Many Hops", 484: "Address Incomplete", 485: "Ambiguous", 486: "Busy Here",
	487: "Request Terminated", 488: "Not Acceptable Here", 489: "Bad Event", 491: "Request Pending", 493: "Undecipherable", 494: "Security Agreement Required",
	500: "Server Internal Error", 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Server Time-out",
	505: "Version Not Supported", 513: "Message Too Large", 580: "Precondition Failure",
	600: "Busy Everywhere", 603: "Decline", 604: "Does Not Exist Anywhere", 606: "Not Acceptable", 607: "Unwanted", 608: "Rejected",
}

// response names a status code as it was counted.
func response(code string) string {
	n, err := strconv.Atoi(code)
	if phrase := phrases[n]; err == nil && phrase != "" {
		return code + " " + phrase
	}
	return code
}

// answer names a final status with the phrase that came with it, or that of the RFCs.
func answer(status int, phrase string) string {
	if status == 0 {
		return "no response"
	}
	if phrase == "" {
		phrase = phrases[status]
	}
	return strconv.Itoa(status) + " " + wire(phrase)
}

// tone is the colour of a response code.
func tone(code string) Style {
	if code == "" {
		return Normal
	}
	switch code[0] {
	case '2':
		return Good
	case '4', '5', '6':
		return Bad
	case '3':
		return Doubt
	}
	return Normal
}
