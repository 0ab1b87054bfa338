package sip

import "math/bits"

// Fault is one thing that is wrong with a message. The names are the reasons of sip_malformed_total.
type Fault uint8

// The faults. Those of the first two make that a message is not counted as one; [Message.Parse] finds all up to
// FaultCSeqMethodMismatch, and [Message.Check] the rest, which need the values of header fields to be parsed.
const (
	FaultBadStartLine Fault = iota // meant as SIP, but the start line does not follow RFC 3261 section 7.1 or 7.2
	FaultBadVersion                // a version other than SIP/2.0
	FaultSpaceInRequestURI
	FaultHeaderWithoutColon
	FaultBadHeaderName          // a name that is not a token, such as "Content Length"
	FaultTooManyHeaders         // more than MaxHeaders; those beyond are not seen
	FaultMissingEmptyLine       // the header fields do not end: cut short, or no empty line before the end
	FaultMissingContentLength   // on a stream, where it is mandatory (RFC 3261 section 18.3)
	FaultBadContentLength       // not a number, or impossibly large
	FaultContentLengthBeyond    // larger than what is there
	FaultTrailingBytes          // bytes of a datagram after the body that Content-Length announced
	FaultDuplicateContentLength // several that differ
	FaultMissingVia
	FaultMissingFrom
	FaultMissingTo
	FaultMissingCallID
	FaultMissingCSeq
	FaultDuplicateFrom
	FaultDuplicateTo
	FaultDuplicateCallID
	FaultDuplicateCSeq
	FaultDuplicateMaxForwards
	FaultBadCSeq        // no number, or no method
	FaultCSeqOutOfRange // 2^31 or more (RFC 3261 section 8.1.1.5)
	FaultCSeqMethodMismatch

	FaultBadRequestURI
	FaultBadVia
	FaultMissingBranch // a topmost Via without branch, or with nothing behind the magic cookie
	FaultBadFrom
	FaultBadTo
	FaultMissingFromTag
	FaultBadContact
	FaultBadMaxForwards
	FaultBadExpires
	FaultBadDate
	FaultBadWarning
	FaultBadRetryAfter

	NumFaults = int(iota)
)

var faultNames = [NumFaults]string{
	FaultBadStartLine:           "bad_start_line",
	FaultBadVersion:             "bad_version",
	FaultSpaceInRequestURI:      "space_in_request_uri",
	FaultHeaderWithoutColon:     "header_without_colon",
	FaultBadHeaderName:          "bad_header_name",
	FaultTooManyHeaders:         "too_many_headers",
	FaultMissingEmptyLine:       "missing_empty_line",
	FaultMissingContentLength:   "missing_content_length",
	FaultBadContentLength:       "bad_content_length",
	FaultContentLengthBeyond:    "content_length_beyond_packet",
	FaultTrailingBytes:          "trailing_bytes",
	FaultDuplicateContentLength: "duplicate_content_length",
	FaultMissingVia:             "missing_via",
	FaultMissingFrom:            "missing_from",
	FaultMissingTo:              "missing_to",
	FaultMissingCallID:          "missing_call_id",
	FaultMissingCSeq:            "missing_cseq",
	FaultDuplicateFrom:          "duplicate_from",
	FaultDuplicateTo:            "duplicate_to",
	FaultDuplicateCallID:        "duplicate_call_id",
	FaultDuplicateCSeq:          "duplicate_cseq",
	FaultDuplicateMaxForwards:   "duplicate_max_forwards",
	FaultBadCSeq:                "bad_cseq",
	FaultCSeqOutOfRange:         "cseq_out_of_range",
	FaultCSeqMethodMismatch:     "cseq_method_mismatch",
	FaultBadRequestURI:          "bad_request_uri",
	FaultBadVia:                 "bad_via",
	FaultMissingBranch:          "missing_branch",
	FaultBadFrom:                "bad_from",
	FaultBadTo:                  "bad_to",
	FaultMissingFromTag:         "missing_from_tag",
	FaultBadContact:             "bad_contact",
	FaultBadMaxForwards:         "bad_max_forwards",
	FaultBadExpires:             "bad_expires",
	FaultBadDate:                "bad_date",
	FaultBadWarning:             "bad_warning",
	FaultBadRetryAfter:          "bad_retry_after",
}

// String returns the name used as the reason label, such as "header_without_colon".
func (f Fault) String() string {
	if int(f) >= NumFaults {
		return "unknown"
	}
	return faultNames[f]
}

// Faults is a set of faults.
type Faults uint64

// set returns the set that holds just f.
func (f Fault) set() Faults { return 1 << f }

// Has reports whether f is in the set.
func (s Faults) Has(f Fault) bool { return s&f.set() != 0 }

// With returns the set with f added.
func (s Faults) With(f Fault) Faults { return s | f.set() }

// Each calls yield for every fault of the set, in the order of their declaration.
func (s Faults) Each(yield func(Fault)) {
	for ; s != 0; s &= s - 1 {
		yield(Fault(bits.TrailingZeros64(uint64(s))))
	}
}

// String lists the names of the set, separated by commas, for tests and log lines. It allocates.
func (s Faults) String() string {
	var b []byte
	s.Each(func(f Fault) {
		if len(b) > 0 {
			b = append(b, ',')
		}
		b = append(b, f.String()...)
	})
	return string(b)
}
