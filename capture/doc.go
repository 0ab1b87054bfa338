// Package capture holds the values every source of packets speaks in: a [Frame], its [LinkType], what was received and
// dropped ([Stats]) and the two ways a source says that there is no frame ([ErrIdle], [InputError]).
//
// The sources themselves live below: capture/pcapfile reads saved captures in pure Go, capture/live listens on interfaces
// through libpcap. Both hand out borrowed bytes: Frame.Data belongs to the source and is good until the next call of Next
// on that source. Nothing here knows IP or SIP.
package capture
