package terminal

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"sipspan/record"
)

// liveView is a view of a capture that goes on.
func liveView(t *testing.T, wanted func(record.Record) bool) *view {
	t.Helper()
	v := &view{t: t, desk: &fakeDesk{}}
	v.Model = New(t.Context(), Options{Source: nothing{}, Desk: v.desk, Title: "eth1", Live: true, Wanted: wanted})
	v.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	return v
}

func goingOn(id string, at int64) *record.Call {
	c := call(id, at, "alice", "bob", 200)
	c.Disposition = record.InProgress
	return c
}

func TestLiveCalls(t *testing.T) {
	v := liveView(t, nil)
	v.Update(batchMsg{Records: []record.Record{goingOn("1", 1), goingOn("2", 2)}})
	v.shows("live, 2 calls go on", "> 00:00:02")
	v.keys("up", "space", "up", "up")
	v.shows(">*00:00:01")
	v.Update(batchMsg{Records: []record.Record{call("1", 1, "alice", "bob", 200), call("3", 3, "carol", "dave", 486)}, PacketsLost: 7, Missed: 2})
	v.shows("Calls 3", ">*00:00:01 alice@example.com    bob@example.com       answered", "failed       486", "live, 1 call goes on, 7 packets lost, 2 records missed")
	v.Update(batchMsg{Records: []record.Record{goingOn("4", 4), call("4", 4, "alice", "bob", 200)}, Done: true})
	v.shows("Calls 4", "the capture has ended, 1 call goes on")
	if name := v.fileName([]record.Record{goingOn("4", 4)}); name != "4.pcap" {
		t.Errorf("the packets are proposed to be saved as %s", name)
	}
}

// A call that is not wanted any more when it is over leaves the list.
func TestLiveCallsNotWanted(t *testing.T) {
	v := liveView(t, func(r record.Record) bool { return r.(*record.Call).Disposition == record.InProgress })
	v.Update(batchMsg{Records: []record.Record{goingOn("1", 1), goingOn("2", 2)}})
	v.Update(batchMsg{Records: []record.Record{call("2", 2, "alice", "bob", 200)}})
	v.shows("Calls 1", "live, 1 call goes on")
	v.lacks("answered")
	v.Update(batchMsg{Records: []record.Record{call("1", 1, "alice", "bob", 200)}})
	v.shows("Calls 0", "no sessions yet")
}

// The cursor stays on the last row while rows come, and on any other one where somebody has put it.
func TestLiveCursor(t *testing.T) {
	v := liveView(t, nil)
	for i := range int64(40) {
		v.Update(batchMsg{Records: []record.Record{call(fmt.Sprint(i), i, "alice", "bob", 200)}})
	}
	v.shows("> 00:00:39")
	v.keys("up")
	v.Update(batchMsg{Records: []record.Record{call("40", 40, "alice", "bob", 200)}})
	v.shows("> 00:00:38")
}

// The lists of a live view are bounded: what began first makes room.
func TestLiveMakesRoom(t *testing.T) {
	v := liveView(t, nil)
	const most = 800
	v.lists.most = most
	var all []record.Record
	all = append(all, goingOn("first", 0))
	for i := range int64(most) {
		all = append(all, &record.Failure{Header: record.Header{CallID: fmt.Sprint(i), Start: (i + 1) * second}, Status: 404})
		all = append(all, call(fmt.Sprint(i), i+1, "alice", "bob", 404))
	}
	v.Update(batchMsg{Records: all})
	kept := most - most/8
	if n := len(v.lists.rows); n != kept {
		t.Errorf("%d rows are held, %d were expected", n, kept)
	}
	if len(v.lists.open) != 0 || len(v.lists.failures) > kept || len(v.lists.caused) > kept {
		t.Errorf("still known: %d open calls, failures of %d Call-IDs, causes of %d", len(v.lists.open), len(v.lists.failures), len(v.lists.caused))
	}
	if !strings.Contains(v.captured(), fmt.Sprintf("%d older ones left out", 2*most+1-kept)) {
		t.Error(v.captured())
	}
}
