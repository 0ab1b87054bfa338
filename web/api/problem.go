package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"sipspan/web/history"
)

// Problem is what went wrong, as RFC 9457 has it. Its type is always about:blank, which is left out.
type Problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
	Param  string `json:"param,omitempty"` // the parameter that is wrong
	Key    string `json:"key,omitempty"`   // the setting that has to be set
}

// ProblemOf returns what an error is to whoever asked. It returns nil when nobody waits for it any more.
func ProblemOf(err error) *Problem {
	var wrong *history.ParamError
	switch {
	case errors.As(err, &wrong):
		return &Problem{Title: "a parameter cannot be understood", Status: http.StatusBadRequest, Detail: wrong.Error(), Param: wrong.Param}
	case errors.Is(err, history.ErrSpan):
		return &Problem{Title: "a parameter cannot be understood", Status: http.StatusBadRequest, Detail: err.Error(), Param: "since"}
	case errors.Is(err, history.ErrNoStore):
		return &Problem{Title: "no history", Status: http.StatusServiceUnavailable, Detail: err.Error(), Key: "exporters.store.directory"}
	case errors.Is(err, history.ErrBusy):
		return &Problem{Title: "too many searches", Status: http.StatusServiceUnavailable, Detail: err.Error()}
	case errors.Is(err, history.ErrNoMessages):
		return &Problem{Title: "no messages", Status: http.StatusNotFound, Detail: err.Error(), Key: "exporters.store.messages"}
	case errors.Is(err, history.ErrUnknown):
		return &Problem{Title: "no such record", Status: http.StatusNotFound, Detail: err.Error()}
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return nil
	}
	return &Problem{Title: "the sensor has failed", Status: http.StatusInternalServerError, Detail: "the log of the sensor has more"}
}

// retryAfter is after how many seconds another try makes sense when the sensor is busy.
const retryAfter = "5"

func (a *API) problem(w http.ResponseWriter, r *http.Request, err error) {
	p := ProblemOf(err)
	if p == nil {
		return
	}
	if p.Status == http.StatusInternalServerError {
		a.Log.Error("answering a request", "path", r.URL.Path, "err", err)
	}
	if errors.Is(err, history.ErrBusy) {
		w.Header().Set("Retry-After", retryAfter)
	}
	write(w, p)
}

func write(w http.ResponseWriter, p *Problem) {
	text, err := json.Marshal(p)
	if err != nil {
		text = []byte(`{"title":"the sensor has failed","status":500}`)
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_, _ = w.Write(append(text, '\n'))
}

// Error implements error.
func (p *Problem) Error() string { return p.Title + ": " + p.Detail }
