package msdiag

import (
	"cmp"
	"slices"
)

// ResultMeaning is what a well-known HRESULT stands for.
type ResultMeaning struct {
	Code    uint32
	Name    string
	Because string // a clause that fits behind "because"
	Action  string // what to do, an imperative clause without a full stop
}

// results is in ascending order of Code.
var results = [...]ResultMeaning{
	{0xC3E93C2F, "SIPPROXY_E_UNKNOWN_USER_OR_EPID", "the user or the endpoint is not registered any more",
		"let the client sign in again"},
	{0xC3E93C5E, "SIPPROXY_E_ROUTING", "the Route fields do not fit the connection or came from an untrusted source",
		"check that the sender is a trusted server and that the pool's certificate names every host on the route"},
	{0xC3E93D6F, "SIPPROXY_E_EPROUTING_MSG_ALLOWED_DOMAIN_NO_SRV_MATCH",
		"the SRV record of the partner domain names only hosts of other domains",
		"let the SRV record name a host in the same domain, or allow the partner's edge by name"},
	{0xC3E93D80, "SIPPROXY_E_EPROUTING_MSG_INT_GET_RICH_PRESENCE_FILTERED", "rich presence was filtered",
		"add the contact so that the client subscribes for it in the form that the partner network passes"},
}

// LookupHRESULT returns what a well-known result code means; ok is false for the others.
func LookupHRESULT(code uint32) (m ResultMeaning, ok bool) {
	i, ok := slices.BinarySearchFunc(results[:], code, func(m ResultMeaning, code uint32) int {
		return cmp.Compare(m.Code, code)
	})
	if !ok {
		return ResultMeaning{}, false
	}
	return results[i], true
}

// Results returns all that LookupHRESULT knows, in ascending order of the code.
func Results() []ResultMeaning { return slices.Clone(results[:]) }
