package sip

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// torture is RFC 4475: every message with its section, what the RFC says of it, and what we make of it. Faults are those
// of Parse and Check together. valid says that the RFC calls the message well-formed; what an element then has to
// refuse (an unknown scheme, a Require) is not for a reader to object to.
var torture = []struct {
	file, section, verdict string
	valid                  bool
	err                    error
	faults                 string
	method                 string // as written; of a response the CSeq's
	status                 int
	callID                 string
	cseq                   uint32
	branch                 string // of the topmost Via
	fromTag, toTag         string
	body                   int
}{
	{file: "wsinv", section: "3.1.1.1", verdict: "valid: white space, folds, case and compact forms", valid: true,
		method: "INVITE", callID: "wsinv.ndaksdj@192.0.2.1", cseq: 9, branch: "390skdjuw",
		fromTag: "98asjd8", toTag: "1918181833n", body: 150},
	{file: "intmeth", section: "3.1.1.2", verdict: "valid: every character that a token may have", valid: true,
		method: "!interesting-Method0123456789_*+`.%indeed'~", callID: "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{",
		cseq: 139122385, branch: "z9hG4bK-.!%66*_+`'~", fromTag: "_token~1'+`*%!-."},
	{file: "esc01", section: "3.1.1.3", verdict: "valid: escapes in URIs", valid: true,
		method: "INVITE", callID: "esc01.239409asdfakjkn23onasd0-3234", cseq: 234234, branch: "z9hG4bKkdjuw",
		fromTag: "938", body: 150},
	{file: "escnull", section: "3.1.1.4", verdict: "valid: escaped NULs", valid: true,
		method: "REGISTER", callID: "escnull.39203ndfvkjdasfkq3w4otrq0adsfdfnavd", cseq: 14398234,
		branch: "z9hG4bKkdjuw", fromTag: "839923423"},
	{file: "esc02", section: "3.1.1.5", verdict: "valid: a per cent sign is a character of a method and a name", valid: true,
		method: "RE%47IST%45R", callID: "esc02.asdfnqwo34rq23i34jrjasdcnl23nrlknsdf", cseq: 29344,
		branch: "z9hG4bK209%fzsnel234", fromTag: "f232jadfj23"},
	{file: "lwsdisp", section: "3.1.1.6", verdict: "valid: no space between display name and <", valid: true,
		method: "OPTIONS", callID: "lwsdisp.1234abcd@funky.example.com", cseq: 60, branch: "z9hG4bKkdjuw", fromTag: "323"},
	{file: "longreq", section: "3.1.1.7", verdict: "valid: long values; the topmost Via is of RFC 2543", valid: true,
		faults: "missing_branch", method: "INVITE",
		callID: "longreq.one" + strings.Repeat("really", 20) + "longcallid", cseq: 3882340,
		fromTag: "1" + strings.Repeat("298", 50) + "2424", body: 150},
	{file: "dblreq", section: "3.1.1.8", verdict: "valid: what is behind the body is to be ignored", valid: true,
		faults: "trailing_bytes", method: "REGISTER", callID: "dblreq.0ha0isndaksdj99sdfafnl3lk233412", cseq: 8,
		branch: "z9hG4bKkdjuw23492", fromTag: "43251j3j324"},
	{file: "semiuri", section: "3.1.1.9", verdict: "valid: a semicolon in the user part", valid: true,
		method: "OPTIONS", callID: "semiuri.0ha0isndaksdj", cseq: 8, branch: "z9hG4bKkdjuw", fromTag: "33242"},
	{file: "transports", section: "3.1.1.10", verdict: "valid: known and unknown transports", valid: true,
		method: "OPTIONS", callID: "transports.kijh4akdnaqjkwendsasfdj", cseq: 60, branch: "z9hG4bKkdjuw", fromTag: "323"},
	{file: "mpart01", section: "3.1.1.11", verdict: "valid: a multi-part body with binary parts", valid: true,
		method: "MESSAGE", callID: "3d9485ad0c49859b@Zmx1ZmZ5LW1hYy0xNi5sb2NhbA..", cseq: 1,
		branch: "z9hG4bK-d87543-4dade06d0bdb11ee-1--d87543-", fromTag: "2fb0dcc9", body: 553},
	{file: "unreason", section: "3.1.1.12", verdict: "valid: a reason phrase in Cyrillic", valid: true,
		status: 200, method: "INVITE", callID: "unreason.1234ksdfak3j2erwedfsASdf", cseq: 35, branch: "z9hG4bK1324923",
		fromTag: "11141343", toTag: "2229", body: 154},
	{file: "noreason", section: "3.1.1.13", verdict: "valid: an empty reason phrase", valid: true,
		status: 100, method: "INVITE", callID: "noreason.asndj203insdf99223ndf", cseq: 35, branch: "z9hG4bK2398ndaoe",
		fromTag: "39ansfi3", toTag: "902jndnke3"},

	{file: "badinv01", section: "3.1.2.1", verdict: "invalid: empty separators in Via and Contact",
		faults: "bad_via,missing_branch,bad_contact", method: "INVITE", callID: "badinv01.0ha0isndaksdjasdf3234nas", cseq: 8,
		fromTag: "134161461246", body: 152},
	{file: "clerr", section: "3.1.2.2", verdict: "invalid: Content-Length beyond the datagram",
		faults: "content_length_beyond_packet", method: "INVITE", callID: "clerr.0ha0isndaksdjweiafasdk3", cseq: 8,
		branch: "z9hG4bK-39234-23523", fromTag: "93942939o2", body: 154},
	{file: "ncl", section: "3.1.2.3", verdict: "invalid: a negative Content-Length",
		faults: "bad_content_length", method: "INVITE", callID: "ncl.0ha0isndaksdj2193423r542w35", cseq: 0,
		branch: "z9hG4bKkdjuw", fromTag: "32394234", body: 152},
	{file: "scalar02", section: "3.1.2.4", verdict: "invalid: CSeq, Max-Forwards and Expires too large",
		faults: "cseq_out_of_range,bad_contact,bad_max_forwards,bad_expires", method: "REGISTER",
		callID: "scalar02.23o0pd9vanlq3wnrlnewofjas9ui32", cseq: 1<<32 - 1, branch: "z9hG4bK342sdfoi3", fromTag: "239232jh3"},
	{file: "scalarlg", section: "3.1.2.5", verdict: "invalid: CSeq, Retry-After and Warning too large",
		faults: "cseq_out_of_range,bad_warning,bad_retry_after", status: 503, method: "OPTIONS",
		callID: "scalarlg.noase0of0234hn2qofoaf0232aewf2394r", cseq: 1<<32 - 1, branch: "z9hG4bKzzxdiwo34sw",
		fromTag: "2easdjfejw"},
	{file: "quotbal", section: "3.1.2.6", verdict: "invalid: a quoted string that does not end",
		faults: "bad_to", method: "INVITE", callID: "quotbal.aksdj", cseq: 8, branch: "z9hG4bKkdjuw39234", fromTag: "93334",
		body: 152},
	{file: "ltgtruri", section: "3.1.2.7", verdict: "invalid: angle brackets around the Request-URI",
		faults: "bad_request_uri,missing_branch", method: "INVITE", callID: "ltgtruri.1@192.0.2.5", cseq: 1, fromTag: "39291",
		body: 159},
	{file: "lwsruri", section: "3.1.2.8", verdict: "invalid: white space in the Request-URI",
		err: ErrStartLine, faults: "bad_start_line"},
	{file: "lwsstart", section: "3.1.2.9", verdict: "invalid: several spaces in the request line",
		err: ErrStartLine, faults: "bad_start_line"},
	{file: "trws", section: "3.1.2.10", verdict: "invalid: spaces at the end of the request line",
		err: ErrStartLine, faults: "bad_start_line"},
	{file: "escruri", section: "3.1.2.11", verdict: "invalid: headers in the Request-URI",
		faults: "bad_request_uri", method: "INVITE", callID: "escruri.23940-asdfhj-aje3br-234q098w-fawerh2q-h4n5",
		cseq: 149209342, branch: "z9hG4bKkdjuw", fromTag: "341518", body: 150},
	{file: "baddate", section: "3.1.2.12", verdict: "invalid: a Date that is not in GMT",
		faults: "bad_date", method: "INVITE", callID: "baddate.239423mnsadf3j23lj42--sedfnm234", cseq: 1392934,
		branch: "z9hG4bKkdjuw", fromTag: "2234923", body: 150},
	{file: "regbadct", section: "3.1.2.13", verdict: "invalid: a Contact that would need angle brackets",
		faults: "bad_contact", method: "REGISTER", callID: "regbadct.k345asrl3fdbv@10.0.0.1", cseq: 1,
		branch: "z9hG4bKkdjuw", fromTag: "998332"},
	{file: "badaspec", section: "3.1.2.14", verdict: "invalid: spaces inside the angle brackets of To",
		faults: "bad_to", method: "OPTIONS", callID: "badaspec.sdf0234n2nds0a099u23h3hnnw009cdkne3", cseq: 3923239,
		branch: "z9hG4bKkdju43234", fromTag: "433423"},
	{file: "baddn", section: "3.1.2.15", verdict: "invalid: unquoted display names with a comma; the archive's copy has no empty line",
		faults: "missing_empty_line,bad_from,bad_to", method: "OPTIONS", callID: "baddn.31415@c.example.com", cseq: 3923239,
		branch: "z9hG4bKkdjuw", fromTag: "43"},
	{file: "badvers", section: "3.1.2.16", verdict: "invalid: an unknown version",
		err: ErrStartLine, faults: "bad_version"},
	{file: "mismatch01", section: "3.1.2.17", verdict: "invalid: CSeq with another method",
		faults: "cseq_method_mismatch", method: "OPTIONS", callID: "mismatch01.dj0234sxdfl3", cseq: 8,
		branch: "z9hG4bKkdjuw", fromTag: "34525"},
	{file: "mismatch02", section: "3.1.2.18", verdict: "invalid: unknown method, CSeq with another",
		faults: "cseq_method_mismatch", method: "NEWMETHOD", callID: "mismatch02.dj0234sxdfl3", cseq: 8,
		branch: "z9hG4bKkdjuw", fromTag: "34525", body: 138},
	{file: "bigcode", section: "3.1.2.19", verdict: "invalid: a status code of ten digits",
		err: ErrStartLine, faults: "bad_start_line"},

	{file: "badbranch", section: "3.2.1", verdict: "nothing behind the magic cookie",
		faults: "missing_branch", method: "OPTIONS", callID: "badbranch.sadonfo23i420jv0as0derf3j3n", cseq: 8,
		branch: "z9hG4bK", fromTag: "33242"},
	{file: "insuf", section: "3.3.1", verdict: "Call-ID, From and To are missing",
		faults: "missing_from,missing_to,missing_call_id", method: "INVITE", cseq: 193942, branch: "z9hG4bKkdj.insuf", body: 152},
	{file: "unkscm", section: "3.3.2", verdict: "well-formed; the scheme of the Request-URI is unknown", valid: true,
		method: "OPTIONS", callID: "unkscm.nasdfasser0q239nwsdfasdkl34", cseq: 3923423, branch: "z9hG4bKkdjuw39234", fromTag: "384"},
	{file: "novelsc", section: "3.3.3", verdict: "well-formed; the scheme of the Request-URI is not SIP", valid: true,
		method: "OPTIONS", callID: "novelsc.asdfasser0q239nwsdfasdkl34", cseq: 3923423, branch: "z9hG4bKkdjuw39234", fromTag: "384"},
	{file: "unksm2", section: "3.3.4", verdict: "well-formed; unknown schemes in To, From and Contact", valid: true,
		method: "REGISTER", callID: "unksm2.daksdj@hyphenated-host.example.com", cseq: 234902, branch: "z9hG4bKkdjuw",
		fromTag: "3234233"},
	{file: "bext01", section: "3.3.5", verdict: "well-formed; Require and Proxy-Require with unknown options", valid: true,
		method: "OPTIONS", callID: "bext01.0ha0isndaksdj", cseq: 8, branch: "z9hG4bKkdjuw", fromTag: "242etr"},
	{file: "invut", section: "3.3.6", verdict: "well-formed; an unknown Content-Type", valid: true,
		method: "INVITE", callID: "invut.0ha0isndaksdjadsfij34n23d", cseq: 235448, branch: "z9hG4bKkdjuw",
		fromTag: "8392034", body: 40},
	{file: "regaut01", section: "3.3.7", verdict: "well-formed; an unknown authorization scheme", valid: true,
		method: "REGISTER", callID: "regaut01.0ha0isndaksdj", cseq: 9338, branch: "z9hG4bKkdjuw", fromTag: "87321hj23128"},
	{file: "multi01", section: "3.3.8", verdict: "several values of what may stand once",
		faults: "duplicate_from,duplicate_to,duplicate_call_id,duplicate_cseq,duplicate_max_forwards", method: "INVITE",
		callID: "multi01.98asdh@192.0.2.1", cseq: 5, branch: "z9hG4bKkdjuw", fromTag: "3413415", body: 154},
	{file: "mcl01", section: "3.3.9", verdict: "two Content-Lengths",
		faults: "trailing_bytes,duplicate_content_length", method: "OPTIONS", callID: "mcl01.fhn2323orihawfdoa3o4r52o3irsdf",
		cseq: 15932, branch: "z9hG4bK293423", fromTag: "3923942", body: 13},
	{file: "bcast", section: "3.3.10", verdict: "well-formed; a second Via with a broadcast address", valid: true,
		status: 200, method: "INVITE", callID: "bcast.0384840201234ksdfak3j2erwedfsASdf", cseq: 35, branch: "z9hG4bK1324923",
		fromTag: "11141343", toTag: "2229", body: 154},
	{file: "zeromf", section: "3.3.11", verdict: "well-formed; Max-Forwards is zero", valid: true,
		method: "OPTIONS", callID: "zeromf.jfasdlfnm2o2l43r5u0asdfas", cseq: 39234321, branch: "z9hG4bKkdjuw2349i",
		fromTag: "3ghsd41"},
	{file: "cparam01", section: "3.3.12", verdict: "well-formed; a Contact with a header parameter", valid: true,
		method: "REGISTER", callID: "cparam01.70710@saturn.example.com", cseq: 2, branch: "z9hG4bKkdjuw",
		fromTag: "DkfVgjkrtMwaerKKpe"},
	{file: "cparam02", section: "3.3.13", verdict: "well-formed; a Contact with a URI parameter", valid: true,
		method: "REGISTER", callID: "cparam02.70710@saturn.example.com", cseq: 3, branch: "z9hG4bKkdjuw", fromTag: "838293"},
	{file: "regescrt", section: "3.3.14", verdict: "well-formed; a Contact with an escaped Route", valid: true,
		method: "REGISTER", callID: "regescrt.k345asrl3fdbv@192.0.2.1", cseq: 14398234, branch: "z9hG4bKkdjuw", fromTag: "8"},
	{file: "sdp01", section: "3.3.15", verdict: "well-formed; an Accept without SDP", valid: true,
		method: "INVITE", callID: "sdp01.ndaksdj9342dasdd", cseq: 8, branch: "z9hG4bKkdjuw", fromTag: "234", body: 150},
	{file: "inv2543", section: "3.4.1", verdict: "valid by RFC 2543: no branch, no From tag, no Max-Forwards", valid: true,
		faults: "missing_branch,missing_from_tag", method: "INVITE", callID: "inv2543.1717@ift.client.example.com", cseq: 56,
		body: 105},

	{file: "test", section: "-", verdict: "in the archive only: a request line without version",
		err: ErrStartLine, faults: "bad_start_line"},
}

// lenient faults may be found in a message that the RFC calls valid.
var lenient = Faults(0).With(FaultTrailingBytes).With(FaultMissingBranch).With(FaultMissingFromTag)

func TestTorture(t *testing.T) {
	folder := filepath.Join(captures(t), "..", "rfc", "rfc4475-torture")
	var m Message
	messages := 0
	for _, c := range torture {
		t.Run(c.file, func(t *testing.T) {
			raw, err := os.ReadFile(filepath.Join(folder, c.file+".dat"))
			if err != nil {
				t.Fatal(err)
			}
			if err := m.Parse(raw); err != c.err {
				t.Fatalf("section %s (%s): Parse says %v, want %v", c.section, c.verdict, err, c.err)
			}
			kind, wantKind := Detect(raw), SIP
			if c.err != nil {
				wantKind = Malformed
			}
			if kind != wantKind {
				t.Errorf("Detect says %v, want %v", kind, wantKind)
			}
			if c.err == nil {
				messages++
				m.Check()
			}
			if got := m.Faults.String(); got != c.faults {
				t.Errorf("section %s (%s): faults %q, want %q", c.section, c.verdict, got, c.faults)
			}
			if c.valid && m.Faults&^lenient != 0 {
				t.Errorf("the RFC calls it well-formed, and we find %v", m.Faults&^lenient)
			}
			if !c.valid && m.Faults == 0 {
				t.Errorf("the RFC finds fault and we do not")
			}
			n, _, _ := m.CSeq()
			via, _ := m.TopVia()
			for _, f := range []struct {
				what      string
				got, want any
			}{
				{"method", string(m.MethodName()), c.method},
				{"status", m.Status, c.status},
				{"Call-ID", string(m.CallID()), c.callID},
				{"peeked Call-ID", string(PeekCallID(raw)), c.callID},
				{"CSeq", n, c.cseq},
				{"branch", string(via.Branch), c.branch},
				{"From tag", string(m.From().Tag()), c.fromTag},
				{"To tag", string(m.To().Tag()), c.toTag},
				{"body", len(m.Body()), c.body},
			} {
				if c.err == nil && f.got != f.want {
					t.Errorf("%s is %v, want %v", f.what, f.got, f.want)
				}
			}
		})
	}
	if len(torture) != 50 || messages != 44 {
		t.Errorf("%d cases with %d messages, want 50 with 44", len(torture), messages)
	}
}
