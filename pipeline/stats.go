package pipeline

import (
	"sort"
	"strconv"
	"time"

	"sipspan/decode/sip"
	"sipspan/internal/packet"
	"sipspan/internal/wire"
	"sipspan/pipeline/ingest"
	"sipspan/record"
	"sipspan/session/stats"
)

// Stats returns the account as the record that closes the output, from the first packet to the last. It does not count
// itself.
func (s *Snapshot) Stats(sensor string, elapsed time.Duration) *record.Stats {
	a, c := &s.Account, s.Session
	st := &record.Stats{
		Packets:         a.Packets,
		Bytes:           a.Bytes,
		Delivered:       a.Delivered,
		SkippedBytes:    a.Skipped,
		Untimed:         a.Untimed,
		WithoutKeys:     s.Servers,
		CallIDs:         c.CallIDs,
		CallIDsExact:    c.CallIDsOverflow == 0,
		Retransmissions: sum(c.Retransmissions[:]),
		Messages:        messages(c),
		Malformed:       s.Malformed(),
		ElapsedMS:       float64(elapsed.Microseconds()) / 1e3,
	}
	st.Sensor = sensor
	st.Start, st.End = s.span()
	st.ID = record.StatsID(sensor, st.Start, st.Packets)
	for _, i := range s.Interfaces {
		st.Reordered += i.Reordered
	}
	for i, n := range a.Ignored {
		st.Ignored = count(st.Ignored, ingest.Ignored(i).String(), n)
	}
	for i, n := range a.Dropped {
		st.Dropped = count(st.Dropped, ingest.Dropped(i).Stage()+"_"+ingest.Dropped(i).Reason(), n)
	}
	for i, n := range a.Tunnels {
		st.Tunnels = count(st.Tunnels, packet.Tunnel(i).String(), n)
	}
	for i, n := range c.Records {
		st.Records = count(st.Records, record.Kind(i).String(), n)
	}
	for i, n := range c.Evicted {
		st.Evicted = count(st.Evicted, stats.Table(i).String(), n)
	}
	s.Clock.Each(func(kind string, n uint64) { st.ClockSteps = count(st.ClockSteps, kind, n) })
	for _, list := range [][]record.Count{st.Ignored, st.Dropped, st.Tunnels, st.Records, st.Evicted} {
		sortCounts(list)
	}
	return st
}

// Malformed returns the messages with a fault, by fault.
func (s *Snapshot) Malformed() (list []record.Count) {
	for i, n := range s.Session.Malformed {
		list = count(list, sip.Fault(i).String(), n)
	}
	sortCounts(list)
	return list
}

// span returns the times of the first and the last packet of all sources, 0 when there was none.
func (s *Snapshot) span() (start, end int64) {
	for _, r := range s.Readers {
		if r.First == 0 {
			continue
		}
		if start == 0 || r.First < start {
			start = r.First
		}
		end = max(end, r.Last)
	}
	return start, end
}

// messages splits the SIP messages by method, status code and transport.
func messages(c *stats.Counters) record.MessageCounts {
	var m record.MessageCounts
	m.Total = c.Messages()
	var codes [stats.NumStatuses]uint64
	var transports [wire.NumTransports]uint64
	named := uint64(0)
	for name, n := range c.OtherMethods {
		m.Requests = count(m.Requests, name, n)
		named += n
	}
	for i := range c.Requests {
		n := sum(c.Requests[i][:])
		if sip.Method(i) == sip.MethodOther {
			n -= named // those whose names were too many to keep
		}
		m.Requests = count(m.Requests, sip.Method(i).String(), n)
		for t, k := range c.Requests[i] {
			transports[t] += k
		}
		for code, k := range c.Responses[i] {
			codes[code] += k
		}
	}
	for code, n := range codes {
		m.Responses = count(m.Responses, strconv.Itoa(code+100), n)
	}
	for t, n := range transports {
		m.Transports = count(m.Transports, wire.Transport(t).String(), n+c.ResponseTransports[t])
	}
	sortCounts(m.Requests)
	sortCounts(m.Transports)
	return m
}

// count appends a count unless it is zero.
func count(list []record.Count, name string, n uint64) []record.Count {
	if n == 0 {
		return list
	}
	return append(list, record.Count{Name: name, Value: n})
}

func sum(list []uint64) (n uint64) {
	for _, k := range list {
		n += k
	}
	return n
}

func sortCounts(list []record.Count) {
	sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name })
}
