package presence

import (
	"bytes"
	"errors"
	"fmt"

	"sipspan/decode/sip"
)

// Limits of what is read. What is beyond a limit makes an error and no document; only texts are cut, and states left out.
const (
	MaxBody      = 256 << 10 // bytes of a body, all parts together
	MaxParts     = 256       // parts of a multi-part body
	MaxDepth     = 32        // nested elements
	MaxElements  = 8192      // elements of a document
	MaxStates    = 1024      // states, activities and counts kept of a document; more are left out
	MaxText      = 512       // bytes kept of a text or an attribute
	maxMultipart = 4         // nested multi-part bodies
)

// The errors of Parse, wrapped with the place they were found in.
var (
	ErrTooLarge = errors.New("body is larger than the limit")
	ErrTooDeep  = errors.New("elements are nested deeper than the limit")
	ErrTooMany  = errors.New("more elements or parts than the limit")
	ErrNoRoot   = errors.New("no XML element")
)

// Parse reads a body. A multi-part body gives a document for each part that is of a known kind, in their order; other
// parts are passed over, and so is a body of an unknown kind. Nothing of the result refers to body.
//
// The error is that of the first part that breaks off, is no XML, or is beyond a limit. What could be read is returned all
// the same: the other parts, and of a part that breaks off what stands before that, so that a tuple may be missing.
func Parse(contentType, body []byte) ([]Document, error) {
	var p Parser
	return p.Parse(contentType, body)
}

// Parser reads one body after the other in the same memory. The zero value is ready. It is for one goroutine.
type Parser struct{ reader reader }

// Parse is like the function of that name, but the documents are valid until the next call. Their strings stay, and hold
// a copy of the body they were in: who keeps one for long clones it.
func (p *Parser) Parse(contentType, body []byte) ([]Document, error) {
	if len(body) > MaxBody {
		return nil, fmt.Errorf("presence body of %d bytes: %w", len(body), ErrTooLarge)
	}
	r := &p.reader
	r.forest.clear()
	clear(r.documents)
	r.documents, r.seen, r.err = r.documents[:0], 0, nil
	r.parts(contentType, body, 0)
	return r.documents, r.err
}

// reader gathers the documents of a body.
type reader struct {
	forest    forest
	documents []Document
	seen      int // parts
	err       error
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *reader) parts(contentType, body []byte, depth int) {
	parts := sip.Parts(contentType, body)
	for p, ok := parts.Next(); ok; p, ok = parts.Next() {
		if r.seen++; r.seen > MaxParts {
			r.fail(fmt.Errorf("multi-part body: %w", ErrTooMany))
			return
		}
		if multipart(p.ContentType) {
			if depth++; depth > maxMultipart {
				r.fail(fmt.Errorf("multi-part body: %w", ErrTooDeep))
				return
			}
			r.parts(p.ContentType, p.Body, depth)
			depth--
			continue
		}
		r.part(p.ContentType, p.Body)
	}
}

func (r *reader) part(contentType, body []byte) {
	switch {
	case sip.MediaTypeIs(contentType, "application/simple-message-summary"):
		r.documents = append(r.documents, messageSummary(body))
	case sip.MediaTypeIs(contentType, "message/sipfrag"):
		if d := sipFragment(body); len(d.States) > 0 {
			r.documents = append(r.documents, d)
		}
	case sip.MediaTypeIs(contentType, "application/call-completion"):
		r.documents = append(r.documents, callCompletion(body))
	case looksLikeXML(contentType, body):
		root, err := r.forest.tree(body)
		if err != nil {
			r.fail(fmt.Errorf("body of type %.80q: %w", contentType, err))
		}
		if root == nil {
			return
		}
		if d := read(root); d.Kind != Unknown {
			r.documents = append(r.documents, d)
		}
	}
}

// read turns a tree into a document by the name of its root element; namespaces differ too much between drafts and
// vendors to help.
func read(root *element) Document {
	switch root.name {
	case "presence", "pidf-full":
		if root.child("presentity") != nil && root.child("atom") != nil {
			return readXPIDF(root)
		}
		return readPIDF(root)
	case "presentity":
		return readPresentity(root)
	case "categories":
		return readCategories(root)
	case "batchSub":
		return readBatch(root)
	case "dialog-info":
		return readDialogInfo(root)
	case "reginfo":
		return readRegInfo(root)
	case "watcherinfo":
		return readWatcherInfo(root)
	case "list":
		return readResourceList(root)
	case "isComposing":
		return readComposing(root)
	case "conference-info":
		return readConference(root)
	case "resource-lists":
		return readAdhocList(root)
	}
	return Document{}
}

func multipart(contentType []byte) bool {
	return len(contentType) > 10 && bytes.EqualFold(contentType[:10], []byte("multipart/"))
}

// looksLikeXML reports whether it is worth the effort: the type says XML, or there is none and the body does.
func looksLikeXML(contentType, body []byte) bool {
	if len(contentType) > 0 {
		t, _, _ := bytes.Cut(contentType, []byte(";"))
		return bytes.Contains(t, []byte("xml")) || bytes.Contains(bytes.ToLower(t), []byte("xml"))
	}
	body = bytes.TrimLeft(body, "\xef\xbb\xbf \t\r\n")
	return len(body) > 0 && body[0] == '<'
}
