// Package webhook sends each alert to a URL, as its own JSON or as what a text/template makes of it. In the template, dot
// is the alert as docs/records.md describes it, by the names of its members; what is unknown is missing. The template is
// tried when the exporter is opened. Its output has to be JSON; anything else is not sent.
package webhook
