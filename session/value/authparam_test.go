package value

import "testing"

func TestAuthParam(t *testing.T) {
	for _, c := range []struct{ value, want string }{
		{`Digest realm="a, b", nonce="n1", opaque=""`, "n1"},
		{`Digest nonce=n2,realm=x`, "n2"},
		{`Digest NONCE = "n3"`, "n3"},
		{`Digest cnonce="no", nonce="n4"`, "n4"},
		{`NTLM gssapi-data=""`, ""},
		{``, ""},
	} {
		if got := AuthParam([]byte(c.value), "nonce"); string(got) != c.want {
			t.Errorf("%s: %q, want %q", c.value, got, c.want)
		}
	}
}
