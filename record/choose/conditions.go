package choose

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"sipspan/internal/suggest"
	"sipspan/record"
)

// text compares with a text that may have * at either end.
func text(wanted string) func(string) bool {
	inner, before := strings.CutPrefix(wanted, "*")
	inner, after := strings.CutSuffix(inner, "*")
	switch {
	case before && after:
		return func(s string) bool { return strings.Contains(s, inner) }
	case before:
		return func(s string) bool { return strings.HasSuffix(s, inner) }
	case after:
		return func(s string) bool { return strings.HasPrefix(s, inner) }
	}
	return func(s string) bool { return s == wanted }
}

func number(value string) (func(*facts) bool, error) {
	n, err := ParseNumber(value)
	if err != nil {
		return nil, err
	}
	return func(f *facts) bool { return hasNumber(f, n) }, nil
}

func hasNumber(f *facts, n Number) bool {
	return slices.ContainsFunc(f.uris, func(uri string) bool {
		u, ok := splitURI(uri)
		return ok && n.Match(u.name)
	})
}

// user takes a whole URI, name@host, or a name, which as a number may be written in any way. Upper and lower case are the same: nobody remembers it.
func user(value string) (func(*facts) bool, error) {
	match := text(strings.ToLower(value))
	n, err := ParseNumber(value)
	isNumber := err == nil
	return func(f *facts) bool {
		return slices.ContainsFunc(f.uris, func(uri string) bool {
			u, ok := splitURI(uri)
			if !ok {
				return false
			}
			name, whole := strings.ToLower(u.name), strings.ToLower(u.name+"@"+u.host)
			return match(name) || match(whole) || match(strings.ToLower(u.scheme)+":"+whole) || match(strings.ToLower(uri)) || isNumber && n.Match(u.name)
		})
	}, nil
}

// uri is what people call a side by.
type uri struct{ scheme, name, host string }

// splitURI takes the parameters, the password and the port off. A tel URI has no host.
func splitURI(s string) (u uri, ok bool) {
	scheme, rest, ok := strings.Cut(s, ":")
	if !ok {
		return u, false
	}
	u.scheme = scheme
	name, host, hasHost := strings.Cut(rest, "@")
	if !hasHost && !strings.EqualFold(scheme, "tel") {
		return u, false
	}
	name, _, _ = strings.Cut(name, ";")
	u.name, _, _ = strings.Cut(name, ":")
	if end := strings.IndexAny(host, ";?"); end >= 0 {
		host = host[:end]
	}
	if port := strings.LastIndexByte(host, ':'); port >= 0 && !strings.HasSuffix(host, "]") {
		host = host[:port]
	}
	u.host = host
	return u, u.name != ""
}

func callID(value string) (func(*facts) bool, error) {
	match := text(value)
	return func(f *facts) bool { return match(f.head.CallID) }, nil
}

func id(value string) (func(*facts) bool, error) {
	return func(f *facts) bool { return f.head.ID == value }, nil
}

func status(value string) (func(*facts) bool, error) {
	if len(value) == 3 && '1' <= value[0] && value[0] <= '6' {
		if strings.EqualFold(value[1:], "xx") {
			class := int(value[0] - '0')
			return func(f *facts) bool { return f.status/100 == class }, nil
		}
		if code, err := strconv.Atoi(value); err == nil {
			return func(f *facts) bool { return f.status == code }, nil
		}
	}
	return nil, fmt.Errorf("%q: expected a code such as 486, or a class such as 5xx", value)
}

func disposition(value string) (func(*facts) bool, error) {
	if err := oneOf(value, Dispositions()); err != nil {
		return nil, err
	}
	return func(f *facts) bool { return f.ended == value }, nil
}

func service(value string) (func(*facts) bool, error) {
	if err := oneOf(value, Services()); err != nil {
		return nil, err
	}
	return func(f *facts) bool {
		call, ok := f.record.(*record.Call)
		return ok && slices.Contains(call.Services, value)
	}, nil
}

// oneOf returns an error with the nearest name unless value is one of the names.
func oneOf(value string, names []string) error {
	if slices.Contains(names, value) {
		return nil
	}
	if like := suggest.Nearest(value, names); like != "" {
		return fmt.Errorf("there is no %q; did you mean %s?", value, like)
	}
	return fmt.Errorf("there is no %q; expected one of %s", value, strings.Join(names, ", "))
}

// Dispositions returns the words of disposition and of outcome, each once.
func Dispositions() (names []string) {
	add := func(name string) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for d := range record.NumDispositions {
		add(record.Disposition(d).String())
	}
	for o := range record.NumOutcomes {
		if record.Outcome(o) != record.OutcomeUnknown {
			add(record.Outcome(o).String())
		}
	}
	for o := range record.NumTLSOutcomes {
		add(record.TLSOutcome(o).String())
	}
	return names
}

// Services returns the names of the services.
func Services() []string {
	names := make([]string, record.NumServices)
	for s := range names {
		names[s] = record.Service(s).String()
	}
	return names
}

func cause(value string) (func(*facts) bool, error) {
	words := strings.ToLower(value)
	return func(f *facts) bool {
		c := f.cause
		return c != nil && (c.Code == value || c.Source == value || strings.Contains(strings.ToLower(c.Text), words) ||
			strings.Contains(strings.ToLower(c.Explanation), words))
	}, nil
}

// method takes the method of the request that a record is of: INVITE for a call, SUBSCRIBE for a subscription.
func method(value string) (func(*facts) bool, error) {
	return func(f *facts) bool { return strings.EqualFold(f.method, value) }, nil
}

func peer(value string) (func(*facts) bool, error) {
	if prefix, err := netip.ParsePrefix(value); err == nil {
		return ofAddrs(func(a netip.AddrPort) bool { return prefix.Masked().Contains(a.Addr()) }), nil
	}
	if strings.Contains(value, "/") {
		return nil, fmt.Errorf("%q: expected a prefix such as 10.0.0.0/8", value)
	}
	if addr, err := netip.ParseAddr(strings.Trim(value, "[]")); err == nil {
		return ofAddrs(func(a netip.AddrPort) bool { return a.Addr() == addr.Unmap() }), nil
	}
	if end, err := netip.ParseAddrPort(value); err == nil {
		end = netip.AddrPortFrom(end.Addr().Unmap(), end.Port())
		return ofAddrs(func(a netip.AddrPort) bool { return a == end }), nil
	}
	match := text(value)
	return func(f *facts) bool {
		p := f.head.Peers
		return p.From != "" && match(p.From) || p.To != "" && match(p.To)
	}, nil
}

// ofAddrs matches when one of the addresses of a record does.
func ofAddrs(match func(netip.AddrPort) bool) func(*facts) bool {
	return func(f *facts) bool {
		return slices.ContainsFunc(f.addrs, func(s string) bool {
			a, err := netip.ParseAddrPort(s)
			if addr, bare := netip.ParseAddr(s); bare == nil { // of a cause below SIP
				a, err = netip.AddrPortFrom(addr, 0), nil
			}
			return err == nil && match(netip.AddrPortFrom(a.Addr().Unmap(), a.Port()))
		})
	}
}
