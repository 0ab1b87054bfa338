// Package e2e holds sipspan to real software: Kamailio as registrar, proxy and presence server, and SIPp, baresip
// and a WebSocket client as the phones, talk to each other in a network namespace of the test, while the program captures them. What it recorded
// is compared with what is known to have happened, and its counts with those of tshark. Prometheus and Alertmanager then
// watch over the program while it watches over a spike of failures.
//
// The tests need programs that a developer may not have, so they stand behind the build tag e2e; "make test-e2e"
// installs what is missing and runs them.
package e2e
