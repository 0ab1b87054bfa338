// Package page writes a ladder with the story of its record as one page of HTML that stands alone: nothing is loaded from elsewhere, there is no
// script, and it can be printed.
package page

import (
	_ "embed"
	"html/template"
	"io"
	"strings"

	"sipspan/view/ladder"
	"sipspan/view/ladder/svg"
	"sipspan/view/story"
)

//go:embed page.html
var source string

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"add":  func(a, b int) int { return a + b },
	"join": strings.Join,
}).Parse(source))

// Session is one session on a page.
type Session struct {
	Story  story.Story
	Ladder *ladder.Ladder
}

// data is what the template is filled with.
type data struct {
	Title    string
	Lead     template.HTML
	Sessions []section
}

type section struct {
	Session
	Number  int
	Picture template.HTML
}

// Write writes a page of some sessions. The messages are on it where the ladders hold them.
func Write(w io.Writer, title string, sessions []Session) error {
	return WriteAfter(w, title, "", sessions)
}

// WriteAfter writes a page of some sessions with something above them. lead must be free of what came from the wire unescaped.
func WriteAfter(w io.Writer, title string, lead template.HTML, sessions []Session) error {
	d := data{Title: title, Lead: lead}
	for i, s := range sessions {
		var picture strings.Builder
		id := "l" + string(rune('a'+i%26)) + strings.Repeat("x", i/26) + "-"
		if err := svg.Write(&picture, s.Ladder, svg.Options{ID: id, Inline: true}); err != nil {
			return err
		}
		// The picture is made of escaped texts: see package svg.
		d.Sessions = append(d.Sessions, section{Session: s, Number: i + 1, Picture: template.HTML(picture.String())})
	}
	return page.Execute(w, d)
}
