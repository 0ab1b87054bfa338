package correlate

import (
	"net/netip"
	"strings"

	"sipspan/record"
	"sipspan/session/evidence"
	"sipspan/session/link"
)

const (
	// maxWatchedAORs bounds the addresses-of-record whose last registrations are remembered; the oldest goes first.
	maxWatchedAORs = 1 << 16
	// turns is how many registrations in turns make rivals: one that comes back may have been elsewhere for a while.
	turns = 4
)

// rivals watches for devices that take the binding of one address-of-record from each other: those that register it in
// turns, each under its own address and with no other contact left behind.
type rivals struct {
	last  map[string]*[turns]rival // who registered an address-of-record, the latest first, each change once
	order []string
}

// rival is a device that registers. One that changes its network has the same instance (RFC 5626), or keeps its Call-ID.
type rival struct {
	src, callID string
	instance    uint64
}

func (a rival) same(b rival) bool {
	if a.instance != 0 && a.instance == b.instance || a.callID != "" && a.callID == b.callID {
		return true
	}
	return host(a.src) == host(b.src)
}

// watch takes a registration and returns the other devices if they register in turns with this one.
func (w *rivals) watch(f *link.FinishedRegistration) []netip.AddrPort {
	r := f.Registration
	if r.Outcome == record.Unregistered {
		w.forget(r.AOR) // who leaves makes room
		return nil
	}
	if r.Outcome != record.Registered || len(r.Contacts) != 1 || r.Src == "" || r.Confidence.Flags&record.MidStream != 0 {
		return nil
	}
	last := w.last[r.AOR]
	if last == nil {
		last = w.remember(r.AOR)
	}
	this := rival{src: r.Src, callID: r.CallID, instance: f.Instance}
	if last[0].same(this) {
		last[0] = this
	} else {
		copy(last[1:], last[:])
		last[0] = this
	}
	if last[turns-1].src == "" || !last[0].same(last[2]) || !last[1].same(last[3]) {
		return nil
	}
	other, err := netip.ParseAddrPort(last[1].src)
	if err != nil {
		return nil
	}
	return []netip.AddrPort{other}
}

// host cuts the port from an address.
func host(addr string) string { return addr[:max(strings.LastIndexByte(addr, ':'), 0)] }

func (w *rivals) remember(aor string) *[turns]rival {
	if w.last == nil {
		w.last = make(map[string]*[turns]rival)
	}
	if len(w.order) >= maxWatchedAORs {
		delete(w.last, w.order[0])
		w.order = w.order[1:]
	}
	last := new([turns]rival)
	w.last[aor] = last
	w.order = append(w.order, aor)
	return last
}

func (w *rivals) forget(aor string) {
	if last := w.last[aor]; last != nil {
		*last = [turns]rival{}
	}
}

// explainRivals gives a registration a cause when another device will take its binding away.
func (c *Correlator) explainRivals(f *link.FinishedRegistration) {
	r := f.Registration
	others := c.rivals.watch(f)
	if others == nil || c.Explainer == nil {
		return
	}
	k := evidence.Case{Method: "REGISTER", Status: r.Status, Phrase: r.Reason, Start: r.Start, End: r.End, Rivals: others}
	k.Src, _ = netip.ParseAddrPort(r.Src)
	k.Dst, _ = netip.ParseAddrPort(r.Dst)
	r.Cause = c.explain(&k)
}
