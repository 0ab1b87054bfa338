// Package httpserver owns the one HTTP listener of the program: TLS and basic authentication, timeouts, the index of its pages
// and an orderly end.
//
// What is on the pages comes from those who hand them in. TLS and basic authentication are those of the Prometheus exporter
// toolkit and apply to every page.
package httpserver
