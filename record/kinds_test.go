package record

import (
	"strings"
	"testing"
)

func TestKindsNamed(t *testing.T) {
	all, err := KindsNamed(nil)
	for k, named := range all {
		if !named || err != nil {
			t.Errorf("an empty list lacks %v: %v", Kind(k), err)
		}
	}
	some, err := KindsNamed([]string{"call", "tls"})
	if err != nil || !some[KindCall] || !some[KindTLS] || some[KindFailure] {
		t.Errorf("%v, %v", some, err)
	}
	if _, err := KindsNamed([]string{"call", "calls"}); err == nil || !strings.Contains(err.Error(), `"calls": expected some of [call registration`) {
		t.Errorf("%v", err)
	}
}
