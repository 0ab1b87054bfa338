// Package live tells what the sensor does now and did in the last hour: what is open, how much comes in, how requests were answered, which alerts
// fire, and whether the sensor is well.
package live
