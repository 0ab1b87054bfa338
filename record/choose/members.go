package choose

import (
	"encoding/json"
	"math"
	"slices"
	"time"

	"github.com/expr-lang/expr/types"

	"sipspan/record"
)

// A member is what a member of a record is in an expression: what its type is checked against, and what stands there.
type member interface {
	kind() types.Type
	// value returns what an expression finds, of what encoding/json made of the member; v is nil where the record does not have it.
	value(v any) any
}

type (
	textMember   struct{}
	numberMember struct{}
	truthMember  struct{}
	timeMember   struct{}
	textsMember  struct{}
	// object is a member with members.
	object map[string]member
	// objects is a list of them.
	objects struct{ of object }
	// named holds values of one kind under names that are no members, such as those of causes.
	named struct{ of member }
)

func (textMember) kind() types.Type   { return types.String }
func (numberMember) kind() types.Type { return types.Float64 }
func (truthMember) kind() types.Type  { return types.Bool }
func (timeMember) kind() types.Type   { return types.TypeOf(time.Time{}) }
func (textsMember) kind() types.Type  { return types.Array(types.String) }

func (o object) kind() types.Type {
	m := types.Map{}
	for name, member := range o {
		m[name] = member.kind()
	}
	return m
}

func (l objects) kind() types.Type { return types.Array(l.of.kind()) }
func (n named) kind() types.Type   { return types.Map{types.Extra: n.of.kind()} }

func (textMember) value(v any) any {
	s, _ := v.(string)
	return s
}

func (numberMember) value(v any) any {
	if n, ok := v.(float64); ok {
		return n
	}
	return math.NaN()
}

func (truthMember) value(v any) any {
	b, _ := v.(bool)
	return b
}

func (timeMember) value(v any) any {
	s, _ := v.(string)
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

func (textsMember) value(v any) any {
	if list, ok := v.([]any); ok {
		return list
	}
	return []any{}
}

func (o object) value(v any) any {
	in, _ := v.(map[string]any)
	out := make(map[string]any, len(o))
	for name, member := range o {
		out[name] = member.value(in[name])
	}
	return out
}

func (l objects) value(v any) any {
	list, _ := v.([]any)
	out := make([]any, len(list))
	for i := range list {
		out[i] = l.of.value(list[i])
	}
	return out
}

func (n named) value(v any) any {
	in, _ := v.(map[string]any)
	out := make(map[string]any, len(in))
	for name := range in {
		out[name] = n.of.value(in[name])
	}
	return out
}

var (
	aText   textMember
	aNumber numberMember
	aTruth  truthMember
	aTime   timeMember
	someOf  textsMember
)

var (
	party    = object{"uri": aText, "display": aText, "tag": aText}
	endpoint = object{"addr": aText, "user_agent": aText}
	observed = objects{object{"time": aTime, "what": aText}}
)

// members are those of all records but stats. A name means the same in every record that has it.
var members = object{
	// every record
	"record": aText, "version": aNumber, "id": aText, "sensor": aText, "start": aTime, "end": aTime, "call_id": aText,
	"peers":      object{"from": aText, "to": aText},
	"capture":    object{"interface": aText, "tunnel": aText, "outer_src": aText, "outer_dst": aText, "vni": aNumber, "node": aText, "correlation_id": aText},
	"confidence": object{"complete": aTruth, "flags": someOf, "gap_ms": aNumber},
	"cause": object{
		"source": aText, "code": aText, "text": aText, "origin": aText, "explanation": aText, "evidence": observed, "retry_after_s": aNumber,
	},
	"status": aNumber, "reason": aText, "challenged": aTruth, "from": party, "to": party, "request_uri": aText, "src": aText, "dst": aText,
	"user_agent": aText,

	// call
	"disposition": aText, "caller": endpoint, "callee": endpoint, "asserted_identity": someOf,
	"setup_ms": aNumber, "srd_ms": aNumber, "ring_ms": aNumber, "duration_ms": aNumber, "sdd_ms": aNumber, "released_by": aText,
	"hops": objects{object{"src": aText, "dst": aText, "transport": aText, "status": aNumber, "delay_ms": aNumber, "cancelled": aTruth}},
	"forks": objects{object{
		"to_tag": aText, "epid": aText, "contact": aText, "user_agent": aText, "status": aNumber, "answered": aTruth, "cancelled": aTruth,
	}},
	"media":    objects{object{"type": aText, "codec": aText, "addr": aText, "direction": aText}},
	"messages": aNumber, "retransmissions": aNumber, "im": object{"messages": aNumber, "typing": aNumber},
	"services": someOf, "service_evidence": objects{object{"service": aText, "time": aTime, "what": aText}},
	"related":     objects{object{"relation": aText, "call_id": aText, "score": aNumber, "reason": aText}},
	"ack_missing": aTruth,

	// registration, subscription, publication
	"aor": aText, "contacts": someOf, "expires_s": aNumber, "outcome": aText, "rrd_ms": aNumber,
	"event": aText, "resource": aText, "subscriber": aText, "state": aText, "state_changes": aNumber, "refreshes": aNumber,
	"notifies": aNumber, "notify_failures": aNumber, "piggybacked": aTruth, "first_notify_ms": aNumber, "terminated_reason": aText,
	"presence": object{
		"entity": aText, "basic": aText, "activities": someOf, "note": aText, "changes": aNumber, "flapping": aTruth,
	},
	"changes_first_told": aNumber,
	"resources": object{
		"requested": aNumber, "notified": aNumber, "states": named{aNumber}, "basic": named{aNumber}, "changes": aNumber, "flapping": aNumber,
	},
	"dialog":           object{"state": aText, "changes": aNumber},
	"messages_waiting": object{"waiting": aTruth, "new": aNumber, "old": aNumber, "changes": aNumber},
	"registrations":    object{"active": aNumber, "changes": aNumber},
	"watchers":         object{"active": aNumber, "pending": aNumber, "changes": aNumber},
	"conference":       object{"users": aNumber, "changes": aNumber},
	"call_completion":  aText, "refer_status": aNumber, "if_match": aText, "etag": aText,

	// message, transaction, failure
	"size_bytes": aNumber, "content_type": aText, "text": aText, "delay_ms": aNumber, "method": aText, "timeout": aTruth, "origin": aText,

	// tls
	"server_name": aText, "protocol": aText, "tls_version": aText, "decrypted": aTruth,
	"certificate": object{"subject": aText, "not_after": aTime},

	// alert
	"rule": aText, "type": aText, "severity": aText, "labels": named{aText}, "summary": aText, "value": aNumber, "threshold": aNumber,
	"baseline": aNumber, "events": aNumber, "of": aNumber, "top_causes": named{aNumber}, "top_peers": named{aNumber}, "samples": someOf,
	"pcap": aText, "likely_cause": aText, "look_at": aText, "command": aText, "runbook_url": aText, "page_url": aText, "pcap_url": aText,
	"symptoms": objects{object{"rule": aText, "severity": aText, "state": aText, "labels": named{aText}, "summary": aText, "start": aTime, "events": aNumber, "of": aNumber}},
}

// Members returns the names that expressions may use of records, those of objects with their own members after a dot, in order.
func Members() []string {
	var all []string
	var walk func(prefix string, o object)
	walk = func(prefix string, o object) {
		for name, member := range o {
			if inner, ok := member.(object); ok {
				walk(prefix+name+".", inner)
				continue
			}
			all = append(all, prefix+name)
		}
	}
	walk("", members)
	slices.Sort(all)
	return all
}

// valuesOf returns the members of a record as expressions find them.
func valuesOf(r record.Record) map[string]any {
	var in map[string]any
	_ = json.Unmarshal(r.AppendJSON(nil), &in) // is JSON by the promise of AppendJSON
	return members.value(in).(map[string]any)
}
