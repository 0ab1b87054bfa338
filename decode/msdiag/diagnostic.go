package msdiag

import (
	"strconv"

	"sipspan/decode/sip"
)

// Diagnostic is one header field value, as subslices of the value it was read from. Quoted strings come without their
// quotation marks; folds and escapes are left as they are.
type Diagnostic struct {
	ID        uint32 // error number
	SubID     uint32 // number behind the dot, 0 when there is none
	Reason    []byte // what went wrong, in the sender's words; nil when absent
	Source    []byte // host that generated it; nil when absent, as it must be in ms-diagnostics-public
	AppName   []byte // server application, such as "InboundRouting"
	Component []byte // such as "MediationServer"
	Params    []byte // all parameters, from the first semicolon on
}

// Parse reads a header field value. ok is false when it does not begin with an error number of at most 32 bits.
// Parameters come in any order and case, with any white space around their parts.
func Parse(value []byte) (d Diagnostic, ok bool) {
	value = trim(value)
	var n int
	d.ID, n = number(value)
	if n == 0 {
		return Diagnostic{}, false
	}
	value = value[n:]
	if len(value) > 1 && value[0] == '.' {
		if sub, n := number(value[1:]); n > 0 {
			d.SubID, value = sub, value[1+n:]
		}
	}
	value = trim(value)
	if len(value) > 0 && value[0] != ';' {
		return Diagnostic{}, false
	}
	d.Params = value
	for rest := value; len(rest) > 0; {
		var name, v []byte
		name, v, rest = sip.NextParam(rest)
		v = unquote(v)
		switch {
		case d.Reason == nil && is(name, "reason"):
			d.Reason = v
		case d.Source == nil && is(name, "source"):
			d.Source = v
		case d.AppName == nil && is(name, "appname"):
			d.AppName = v
		case d.Component == nil && is(name, "component"):
			d.Component = v
		}
	}
	return d, true
}

// Param returns the value of any parameter, nil if it is absent or has no value. The name is matched in any case.
func (d *Diagnostic) Param(name string) []byte {
	v, _ := sip.Param(d.Params, name)
	return unquote(v)
}

// HRESULT returns the result code in the HRESULT parameter.
func (d *Diagnostic) HRESULT() (HRESULT, bool) { return ParseHRESULT(d.Param("HRESULT")) }

// SIPStatus returns the status code that the element in front of the sender had answered with: the SipResponseCode
// parameter, or for the Mediation Server's numbers from 10400 to 10699 the last three digits. It is 0 when there is none.
func (d *Diagnostic) SIPStatus() int {
	if n, size := number(d.Param("SipResponseCode")); size == 3 && 100 <= n && n <= 699 {
		return int(n)
	}
	if IsGatewayStatus(d.ID) {
		return int(d.ID - gatewayStatus)
	}
	return 0
}

// gatewayStatus is what the Mediation Server adds to the status code that a gateway answered with.
const gatewayStatus = 10000

// IsGatewayStatus reports whether id is a status code that the Mediation Server got from a gateway.
func IsGatewayStatus(id uint32) bool { return gatewayStatus+400 <= id && id <= gatewayStatus+699 }

// AppendID appends the error number as it stands in the header field: "1003", "1003.2".
func (d *Diagnostic) AppendID(dst []byte) []byte {
	dst = strconv.AppendUint(dst, uint64(d.ID), 10)
	if d.SubID != 0 {
		dst = append(dst, '.')
		dst = strconv.AppendUint(dst, uint64(d.SubID), 10)
	}
	return dst
}
