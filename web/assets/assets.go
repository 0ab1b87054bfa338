// Package assets holds the files that pages load: styles, the script of the page, and the libraries htmx and uPlot as their authors publish them.
package assets

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"maps"
	"mime"
	"net/http"
	"path"
	"slices"

	"sipspan/view/ladder/svg"
)

//go:embed static
var files embed.FS

// Assets are the files, by name.
type Assets struct {
	bodies  map[string][]byte
	version string
}

// Load returns the files.
func Load() *Assets {
	a := &Assets{bodies: map[string][]byte{"ladder.css": []byte(svg.Style)}}
	entries, err := fs.ReadDir(files, "static")
	if err != nil {
		panic(err) // the files are part of the program
	}
	for _, e := range entries {
		if a.bodies[e.Name()], err = files.ReadFile("static/" + e.Name()); err != nil {
			panic(err)
		}
	}
	sum := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(a.bodies)) {
		sum.Write(a.bodies[name])
	}
	a.version = hex.EncodeToString(sum.Sum(nil)[:6])
	return a
}

// Version changes when a file does. It is part of the addresses, so that browsers may keep the files for good.
func (a *Assets) Version() string { return a.version }

// ServeHTTP serves the file that the path value name stands for.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	body, ok := a.bodies[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	if r.PathValue("version") == a.version {
		w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
	}
	_, _ = w.Write(body) // who has gone away does not want it
}
