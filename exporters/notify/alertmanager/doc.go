// Package alertmanager posts alerts to one Prometheus Alertmanager through its API v2. There is one exporter
// for each Alertmanager, so that one that is down does not delay the others. All of them get all alerts, as Alertmanagers that
// form a cluster expect.
//
// Alertmanager keeps states, not messages. Therefore the exporter keeps what is firing and sends it again at every interval, with
// an end that lies four intervals ahead: if the sensor ends, the alert ends by itself. What is over is sent with its real end,
// three times. While Alertmanager cannot be reached the newest state of each alert is kept, and sent when it is back;
// what has begun and ended meanwhile arrives as resolved.
//
// startsAt, and endsAt of what is over, are packet time, which in live capture is the wall clock; the end of what
// is firing, and when it is sent again, follow the wall clock, because Alertmanager compares them with it.
package alertmanager
