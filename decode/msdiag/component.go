package msdiag

// Range is a span of error numbers that one part of a deployment hands out.
type Range struct {
	First, Last uint32
	Component   string // a noun that fits behind "the"
}

// ranges is in ascending order. The numbers are those of MS-OCER sections 7 and 8 and of the server documentation.
var ranges = [...]Range{
	{0, 999, "server"}, // shared by all
	{1000, 1999, "SIP stack of the front end or edge server"},
	{2000, 2999, "presence service"},
	{3000, 3999, "conference focus"},
	{4000, 4999, "user services of the front end server"},
	{5000, 5999, "server application interface"},
	{6000, 6999, "IM conferencing server"},
	{7000, 7999, "A/V conferencing server"},
	{8000, 8999, "telephony conferencing server"},
	{9000, 9999, "media relay authentication service"},
	{10000, 10999, "Mediation Server"},
	{11000, 11999, "metrics server"},
	{12000, 12999, "outbound call routing"},
	{13000, 13999, "inbound call routing"},
	{14000, 14999, "dial plan translation service"},
	{15000, 15999, "Exchange voice mail routing"},
	{16000, 16999, "instant message filter"},
	{17000, 17999, "client version filter"},
	{21000, 21999, "application sharing conferencing server"},
	{24000, 24999, "trusted application"},
	{35000, 35999, "call park service"},
	{50000, 59999, "client"},
	{90000, 90999, "public IM gateway"},
}

// Ranges returns the known spans of error numbers in ascending order.
func Ranges() []Range { return append([]Range(nil), ranges[:]...) }

// Component returns the part of the deployment that an error number belongs to, a noun that fits behind "the"; "" when
// the number is in no known range.
func Component(id uint32) string {
	for i := range ranges {
		if r := &ranges[i]; r.First <= id && id <= r.Last {
			return r.Component
		}
	}
	return ""
}
