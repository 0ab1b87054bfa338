package advice

import (
	"bytes"
	"html/template"
	"slices"
	"strings"

	"sipspan/alert"
)

var page = template.Must(template.New("alerts").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>sipspan: what to do</title>
<style>body{font:1rem/1.5 sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem}:target{background:#ffeb99;color:#000}</style></head>
<body><h1>What to do about an alert</h1>
{{range .}}<h2 id="{{.Name}}">{{.Name}}</h2>
<p>{{.Text}}</p>
{{end}}</body></html>
`))

type entry struct{ Name, Text string }

// Page returns the page of what to do: a section for each default rule, and one for each type of rule.
func Page() ([]byte, error) {
	var all []entry
	for _, r := range alert.DefaultRules() {
		all = append(all, entry{r.Name, plain(alert.Runbook(r.Name))})
	}
	for _, name := range alert.Types() {
		if !slices.ContainsFunc(all, func(e entry) bool { return e.Name == name }) {
			all = append(all, entry{name, plain(alert.Runbook(name))})
		}
	}
	var out bytes.Buffer
	err := page.Execute(&out, all)
	return out.Bytes(), err
}

// plain takes the marks of Markdown off a text: code, and links of which the words remain.
func plain(text string) string {
	text = strings.ReplaceAll(text, "`", "")
	for {
		from := strings.IndexByte(text, '[')
		middle := strings.Index(text, "](")
		if from < 0 || middle < from {
			return text
		}
		length := strings.IndexByte(text[middle:], ')')
		if length < 0 {
			return text
		}
		text = text[:from] + text[from+1:middle] + text[middle+length+1:]
	}
}
