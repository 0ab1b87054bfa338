package app

import (
	"sipspan/exporters"
	"sipspan/exporters/prometheus"
	"sipspan/internal/packet"
	"sipspan/pipeline"
	"sipspan/pipeline/ingest"
	"sipspan/reassembly/sctp"
	"sipspan/reassembly/websocket"
	"sipspan/record"
)

// scrape returns the counters of the pipeline, the exporters and the alerts at this moment. w may be nil.
func scrape(p *pipeline.Pipeline, queues []exporters.Stats, w *watching) prometheus.Snapshot {
	s := p.Snapshot()
	out := prometheus.Snapshot{
		Packets:   s.Account.Packets,
		Bytes:     s.Account.Bytes,
		Malformed: s.Malformed(),
		Session:   s.Session,
		Exporters: queues,
		Lag:       prometheus.Lag(s.Lag),
		Shedding:  int(s.Shedding),
		Shed:      s.Shed,
	}
	for _, i := range s.Interfaces {
		out.Drops = append(out.Drops,
			prometheus.Drop{Interface: i.Name, Stage: "kernel", Packets: i.KernelDropped},
			prometheus.Drop{Interface: i.Name, Stage: "interface", Packets: i.InterfaceDropped})
	}
	for i, n := range s.Account.Dropped {
		stage := ingest.Dropped(i).Stage()
		out.Drops = append(out.Drops, prometheus.Drop{Stage: stage, Packets: n})
		out.Reasons = append(out.Reasons, prometheus.Loss{Stage: stage, Reason: ingest.Dropped(i).Reason(), Packets: n})
	}
	if w != nil {
		for _, rule := range w.engine.Status() {
			out.Alerts = append(out.Alerts, prometheus.AlertCount(rule))
		}
	}
	out.SkippedBytes = s.Account.Skipped
	s.Clock.Each(func(kind string, n uint64) {
		out.ClockSteps = append(out.ClockSteps, record.Count{Name: kind, Value: n})
	})
	for i, n := range s.Account.Ignored {
		out.Ignored = append(out.Ignored, record.Count{Name: ingest.Ignored(i).String(), Value: n})
	}
	for i, n := range s.Account.Tunnels {
		if t := packet.Tunnel(i); t != packet.TunnelNone {
			out.Tunnels = append(out.Tunnels, record.Count{Name: t.String(), Value: n})
		}
	}
	carriers(&out, &s)
	return out
}

// carriers adds what WebSocket and SCTP have carried.
func carriers(out *prometheus.Snapshot, s *pipeline.Snapshot) {
	var web websocket.Stats
	var associations sctp.Stats
	for i := range s.Readers {
		r := &s.Readers[i]
		out.WebSocket.Connections += r.WebSIP
		web.Add(&r.WebSocket)
		associations.Add(&r.SCTP)
	}
	out.WebSocket.Messages = web.Messages
	web.Faults(func(reason string, n uint64) {
		out.WebSocket.Faults = append(out.WebSocket.Faults, record.Count{Name: reason, Value: n})
	})
	out.SCTP.Connections, out.SCTP.Messages = associations.Associations, associations.Messages
	associations.Faults(func(reason string, n uint64) {
		out.SCTP.Faults = append(out.SCTP.Faults, record.Count{Name: reason, Value: n})
	})
}
