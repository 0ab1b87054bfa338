// Package pages writes what people see of a sensor in a browser: what it does now, searches in its history, one session with its ladder, one person, failures
// over time, and the health of the sensor.
//
// The pages are whole without script. Every text from the wire is made harmless by package plain and escaped by html/template.
package pages
