package correlate

import (
	"net/netip"
	"testing"
)

func TestEndpoint(t *testing.T) {
	for _, text := range []string{"192.0.2.1:5060", "[2001:db8::1]:5061", "[::ffff:192.0.2.1]:5060", "0.0.0.0:0", ""} {
		a, _ := netip.ParseAddrPort(text)
		e := endpointOf(a)
		if e.Addr() != a.Addr() || e.Port() != a.Port() || e.IsValid() != a.IsValid() || e.String() != a.String() {
			t.Errorf("%s has become %s", a, e)
		}
	}
}
