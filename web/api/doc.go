// Package api answers programs with JSON: what the sensor does now, the records of its history, and failures over time. Its OpenAPI document
// describes every route.
//
// What goes wrong is answered as a problem of RFC 9457.
package api
