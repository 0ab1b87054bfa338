// Package dashboards describes the Grafana dashboards of the program and writes them as the JSON that Grafana imports.
//
// A board is plain values: rows of panels, each with the queries that it shows. Nothing else in the tree holds a query of a
// dashboard, and a test compares every metric and label with those that the program really serves.
package dashboards
