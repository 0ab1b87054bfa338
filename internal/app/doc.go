// Package app builds one run from a configuration, the same way for saved captures and for live interfaces: sources, pipeline,
// alerts, privacy and exporters.
//
// Read and Capture are the two kinds of run. They share the type run; a reading adds the account at its end, the daemon adds
// metrics, the watchdog, reload and what the alerts have learned. Command lines, signals and exit codes are those of the
// caller.
package app
