package history

import (
	"context"
	"slices"
	"strings"

	"sipspan/exporters/store"
	"sipspan/record"
	"sipspan/record/choose"
)

const (
	// maxRelated is how many records are shown beside one.
	maxRelated = 50
	// maxLegs is of how many other Call-IDs they are.
	maxLegs = 12
)

// Session is one record with what belongs to it.
type Session struct {
	Record  record.Record
	Related []record.Record // with the same Call-ID, and the calls that the record is related to
	Doubt   string
}

// Failures returns the failures with the Call-ID of the session.
func (s *Session) Failures() (of []record.Record) {
	for _, r := range s.Related {
		if r.Kind() == record.KindFailure && r.Head().CallID == s.Record.Head().CallID {
			of = append(of, r)
		}
	}
	return of
}

// Get returns the record with an id.
func (h *History) Get(ctx context.Context, kind record.Kind, id string) (*Session, error) {
	l, s := &List{}, &Session{}
	late, err := h.run(ctx, func(ctx context.Context) error {
		found, err := h.keyed(ctx, choose.Query{ID: []string{id}}, []record.Kind{kind}, 1)
		if len(found) == 0 {
			return err
		}
		s.Record = found[0]
		if callIDs := legs(s.Record); len(callIDs) > 0 {
			s.Related, err = h.keyed(ctx, choose.Query{CallID: callIDs}, nil, maxRelated+1)
			s.Related = slices.DeleteFunc(s.Related, func(r record.Record) bool { return r.Kind() == kind && r.Head().ID == id })
		}
		return err
	})
	if err := l.doubt(late, err, h.most); err != nil {
		return nil, err
	}
	if s.Record == nil {
		return nil, ErrUnknown
	}
	s.Doubt = l.Doubt
	return s, nil
}

// keyed returns what matches a query without an expression.
func (h *History) keyed(ctx context.Context, q choose.Query, kinds []record.Kind, limit int) ([]record.Record, error) {
	choice, err := q.Compile()
	if err != nil {
		return nil, err
	}
	return store.Newest(ctx, h.folder, store.Query{Choice: choice, Kinds: kinds}, nil, limit)
}

// legs returns the Call-IDs that belong to a record. One with a star at an end would stand for others.
func legs(r record.Record) []string {
	all := []string{r.Head().CallID}
	if call, ok := r.(*record.Call); ok {
		for _, l := range call.Related {
			if len(all) <= maxLegs && !slices.Contains(all, l.CallID) {
				all = append(all, l.CallID)
			}
		}
	}
	return slices.DeleteFunc(all, func(id string) bool { return id == "" || strings.HasPrefix(id, "*") || strings.HasSuffix(id, "*") })
}
