package session

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sipspan/record"
	"sipspan/session/shard"
	"sipspan/session/stats"
)

// eventSummary writes what the bodies of a subscription told as its record does, without quotes.
func eventSummary(r *record.Subscription) string {
	event := &record.Subscription{
		Expires: -1, Presence: r.Presence, Resources: r.Resources, Dialog: r.Dialog, MessagesWaiting: r.MessagesWaiting, Bindings: r.Bindings,
		Watchers: r.Watchers, Conference: r.Conference, CallCompletion: r.CallCompletion, ReferStatus: r.ReferStatus,
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(event.AppendJSON(nil), &members); err != nil {
		return err.Error()
	}
	var b strings.Builder
	for _, name := range []string{
		"presence", "resources", "dialog", "messages_waiting", "registrations", "watchers", "conference", "call_completion", "refer_status",
	} {
		if value, ok := members[name]; ok {
			fmt.Fprintf(&b, " %s=%s", name, bytes.ReplaceAll(value, []byte(`"`), nil))
		}
	}
	return b.String()
}

// testBody makes the body that a flow names as kind:argument,..., and its type.
func testBody(t testing.TB, text string) (body, contentType string) {
	t.Helper()
	kind, rest, _ := strings.Cut(text, ":")
	args := strings.Split(rest, ",")
	var b strings.Builder
	each := func(format string) {
		for _, a := range args {
			id, value, _ := strings.Cut(a, "=")
			fmt.Fprintf(&b, format, id, value)
		}
	}
	switch kind {
	case "pidf": // pidf:USER=BASIC,ACTIVITY
		user, basic, _ := strings.Cut(args[0], "=")
		fmt.Fprintf(&b, `<presence entity="sip:%s@example.com"><tuple id="t"><status><basic>%s</basic></status></tuple><person><activities>`, user, basic)
		for _, a := range args[1:] {
			fmt.Fprintf(&b, "<%s/>", a)
		}
		b.WriteString("</activities></person></presence>")
		return b.String(), "application/pidf+xml"
	case "dialogs", "changed-dialogs": // dialogs:ID=STATE,...
		state := map[string]string{"dialogs": "full", "changed-dialogs": "partial"}[kind]
		fmt.Fprintf(&b, `<dialog-info version="0" state="%s" entity="sip:bob@example.com">`, state)
		if rest != "" {
			each(`<dialog id="%s"><state>%s</state></dialog>`)
		}
		b.WriteString("</dialog-info>")
		return b.String(), "application/dialog-info+xml"
	case "contacts": // contacts:ID=STATE,...
		b.WriteString(`<reginfo state="full"><registration aor="sip:bob@example.com" id="r" state="active">`)
		each(`<contact id="%s" state="%s" event="registered"><uri>sip:x</uri></contact>`)
		b.WriteString("</registration></reginfo>")
		return b.String(), "application/reginfo+xml"
	case "watchers":
		b.WriteString(`<watcherinfo state="partial"><watcher-list resource="sip:bob@example.com" package="presence">`)
		each(`<watcher id="%s" status="%s" event="subscribe">sip:w</watcher>`)
		b.WriteString("</watcher-list></watcherinfo>")
		return b.String(), "application/watcherinfo+xml"
	case "users":
		b.WriteString(`<conference-info entity="sip:c@example.com" state="full"><users>`)
		each(`<user entity="sip:%s"><endpoint><status>%s</status></endpoint></user>`)
		b.WriteString("</users></conference-info>")
		return b.String(), "application/conference-info+xml"
	case "mail": // mail:NEW,OLD
		return fmt.Sprintf("Messages-Waiting: %s\r\nVoice-Message: %s/%s\r\n", map[bool]string{true: "no", false: "yes"}[args[0] == "0"], args[0], args[1]),
			"application/simple-message-summary"
	case "frag":
		return "SIP/2.0 " + rest + " Reason\r\n", "message/sipfrag"
	case "cc":
		return "cc-state: " + rest + "\r\n", "application/call-completion"
	case "batch":
		b.WriteString(`<batchSub uri="sip:alice@example.com" name=""><action name="subscribe" id="1"><adhocList>`)
		each(`<resource uri="sip:%s@example.com"/>%s`)
		b.WriteString(`</adhocList><categoryList><category name="state"/></categoryList></action></batchSub>`)
		return b.String(), "application/msrtc-adrl-categorylist+xml"
	case "categories": // categories:USER=AVAILABILITY,...
		for _, a := range args {
			id, value, _ := strings.Cut(a, "=")
			b.WriteString("--b\r\nContent-Type: application/msrtc-event-categories+xml\r\n\r\n")
			fmt.Fprintf(&b, `<categories uri="sip:%s@example.com"><category name="state"><state type="aggregateState"><availability>%s</availability></state></category></categories>`, id, value)
			b.WriteString("\r\n")
		}
		return b.String() + "--b--", "multipart/related;boundary=b"
	case "list": // list:USER=STATE:BASIC,...; without a state there is no instance, without basic no part
		meta, parts := `<list uri="sip:friends@example.com" version="0" fullState="true">`, ""
		for i, a := range args {
			user, state, _ := strings.Cut(a, "=")
			state, basic, _ := strings.Cut(state, ":")
			meta += fmt.Sprintf(`<resource uri="sip:%s@example.com">`, user)
			if state != "" {
				meta += fmt.Sprintf(`<instance id="i%d" state="%s" cid="p%d"/>`, i, state, i)
			}
			meta += `</resource>`
			if basic != "" {
				pidf, contentType := testBody(t, "pidf:"+user+"="+basic)
				parts += fmt.Sprintf("--b\r\nContent-ID: <p%d>\r\nContent-Type: %s\r\n\r\n%s\r\n", i, contentType, pidf)
			}
		}
		return "--b\r\nContent-Type: application/rlmi+xml\r\n\r\n" + meta + "</list>\r\n" + parts + "--b--", "multipart/related;type=application/rlmi+xml;boundary=b"
	}
	t.Fatalf("body %q", text)
	return "", ""
}

// watch is a flow of one subscription whose notifications, a second apart and each answered, have these bodies.
func watched(event string, bodies ...string) flow {
	var b strings.Builder
	fmt.Fprintf(&b, "0.0 a>b SUBSCRIBE 1 h=Event:%s h=Expires:600\n0.1 b>a 200 SUBSCRIBE 1 to=x h=Expires:600\n", event)
	for i, says := range bodies {
		fmt.Fprintf(&b, "%d.2 b>a NOTIFY %d from=x to=f fromuri=sip:bob@example.com touri=sip:alice@example.com uri=sip:a h=Event:%s h=Subscription-State:active says=%s\n", i, i+1, event, says)
		fmt.Fprintf(&b, "%d.3 a>b 200 NOTIFY %d from=x to=f fromuri=sip:bob@example.com touri=sip:alice@example.com\n", i, i+1)
	}
	return flow(b.String())
}

func active(event string, notifies int, said string) []string {
	return []string{fmt.Sprintf("subscription c1 %s active 200 state=active expires=600 notifies=%d refreshes=0 first=200 %s", event, notifies, said)}
}

func TestEventPackages(t *testing.T) {
	runScenarios(t, []scenario{
		{
			name: "presence that changes",
			flow: watched("presence", "pidf:bob=open", "pidf:bob=open,busy,away", "pidf:bob=closed", "pidf:bob=closed", "pidf:bob=open,on-the-phone"),
			want: active("presence", 5, "presence={entity:sip:bob@example.com,basic:open,activities:[on-the-phone],changes:2}"),
		},
		{
			name: "presence that flaps",
			flow: watched("presence", "pidf:bob=open", "pidf:bob=closed", "pidf:bob=open", "pidf:bob=closed", "pidf:bob=open", "pidf:bob=closed"),
			want: active("presence", 6, "presence={entity:sip:bob@example.com,basic:closed,changes:5,flapping:true}"),
		},
		{
			name: "dialogs of a phone",
			flow: watched("dialog", "dialogs:", "dialogs:1=early", "changed-dialogs:2=trying", "changed-dialogs:1=confirmed", "changed-dialogs:2=terminated", "dialogs:1=terminated"),
			want: active("dialog", 6, "dialog={state:terminated,changes:3}"),
		},
		{
			name: "waiting messages",
			flow: watched("message-summary", "mail:0,3", "mail:2,3", "mail:3,3", "mail:0,6"),
			want: active("message-summary", 4, "messages_waiting={waiting:false,new:0,old:6,changes:2}"),
		},
		{
			name: "registrations",
			flow: watched("reg", "contacts:1=active", "contacts:1=active,2=active", "contacts:1=active,2=active", "contacts:2=active,1=terminated,3=init"),
			want: active("reg", 4, "registrations={active:1,changes:2}"),
		},
		{
			name: "watchers",
			flow: watched("presence.winfo", "watchers:1=active,2=pending", "watchers:3=pending", "watchers:1=terminated"),
			want: active("presence.winfo", 3, "watchers={active:0,pending:2,changes:2}"),
		},
		{
			name: "a conference",
			flow: watched("conference", "users:a=connected,b=alerting", "users:a=connected,b=connected", "users:b=connected,a=disconnected"),
			want: active("conference", 3, "conference={users:1,changes:2}"),
		},
		{
			name: "call completion",
			flow: watched("call-completion", "cc:queued", "cc:ready"),
			want: active("call-completion", 2, "call_completion=ready"),
		},
		{
			name: "the progress of a REFER",
			flow: `
				0.0 a>b REFER 3 h=Refer-To:sip:c
				0.1 b>a 202 REFER 3 to=x
				0.2 b>a NOTIFY 1 from=x to=f uri=sip:a h=Event:refer h=Subscription-State:active says=frag:100
				0.3 a>b 200 NOTIFY 1 from=x to=f
				1.2 b>a NOTIFY 2 from=x to=f uri=sip:a h=Event:refer h=Subscription-State:terminated;reason=noresource says=frag:603
				1.3 a>b 200 NOTIFY 2 from=x to=f`,
			idle: 40,
			want: []string{"subscription c1 refer terminated 202 state=terminated expires=-1 notifies=2 refreshes=0 first=200 reason=noresource refer_status=603"},
		},
		{
			name: "the progress of a REFER through a proxy, where the first NOTIFY is there before the answer",
			flow: `
				0.00 a>p REFER 3 via=a h=Refer-To:sip:c
				0.01 p>b REFER 3 via=p,a h=Refer-To:sip:c
				0.10 b>p 202 REFER 3 via=p,a to=x
				0.11 b>p NOTIFY 1 via=n from=x to=f uri=sip:a h=Event:refer;id=3 h=Subscription-State:active says=frag:100
				0.12 p>a NOTIFY 1 via=m,n from=x to=f uri=sip:a h=Event:refer;id=3 h=Subscription-State:active says=frag:100
				0.13 p>a 202 REFER 3 via=a to=x
				0.14 a>p 200 NOTIFY 1 via=m,n from=x to=f
				0.15 p>b 200 NOTIFY 1 via=n from=x to=f
				1.20 b>p NOTIFY 2 via=o from=x to=f uri=sip:a h=Event:refer;id=3 h=Subscription-State:terminated;reason=noresource says=frag:200
				1.30 p>b 200 NOTIFY 2 via=o from=x to=f`,
			idle: 40,
			want: []string{"subscription c1 refer terminated 202 state=terminated expires=-1 notifies=2 refreshes=0 first=110 reason=noresource refer_status=200"},
		},
		{
			name: "a resource list",
			flow: watched("presence", "list:a=active:open,b=pending,c", "list:a=active:closed,b=active:open,c", "list:a=active:open,b=terminated,c=active"),
			want: active("presence", 3, "resources={notified:3,states:{active:2,terminated:1},basic:{open:2},changes:2}"),
		},
		{
			name: "a batch whose first state rides in the response",
			flow: `
				0.0 a>b SUBSCRIBE 1 h=Event:presence says=batch:a,b,c
				0.1 b>a 200 SUBSCRIBE 1 to=x h=Expires:600 says=categories:a=3500,b=18500
				5.0 b>a BENOTIFY 1 from=x to=f uri=sip:a h=Event:presence h=Subscription-State:active says=categories:b=6500`,
			want: []string{"subscription c1 presence active 200 state=active expires=600 notifies=1 refreshes=0 first=100 piggybacked resources={requested:3,notified:2,basic:{open:2},changes:1}"},
		},
		{
			name: "a NOTIFY that is refused, and one that is not answered",
			flow: `
				0.0 a>b SUBSCRIBE 1 h=Event:presence h=Expires:600
				0.1 b>a 200 SUBSCRIBE 1 to=x h=Expires:600
				0.2 b>a NOTIFY 1 from=x to=f uri=sip:a h=Event:presence h=Subscription-State:pending says=pidf:bob=open
				0.7 b>a NOTIFY 1 from=x to=f uri=sip:a h=Event:presence h=Subscription-State:pending says=pidf:bob=open
				5.0 b>a NOTIFY 2 from=x to=f uri=sip:a h=Event:presence h=Subscription-State:active says=pidf:bob=closed
				5.1 a>b 481 NOTIFY 2 from=x to=f`,
			idle: 60,
			want: []string{
				"transaction c1 NOTIFY 481",
				"failure c1 NOTIFY 481 origin=a cause=sip:481",
				"subscription c1 presence terminated 200 state=active expires=600 notifies=2 failed=2 refreshes=0 first=200 presence={entity:sip:bob@example.com,basic:closed,changes:1}",
				"transaction c1 NOTIFY 0 timeout",
				"failure c1 NOTIFY 0 origin= cause=timeout:timer_f",
			},
		},
		{
			name: "bodies that nobody can read",
			flow: watched("presence", "pidf:bob=<x", "pidf:bob=&x;"),
			want: active("presence", 2, "presence={entity:sip:bob@example.com,changes:0}"),
		},
	})
}

func TestPublications(t *testing.T) {
	var got []string
	for _, r := range flow(`
		0.0 a>b PUBLISH 1 h=Event:presence h=Expires:600 says=pidf:bob=open,busy
		0.1 b>a 200 PUBLISH 1 to=x h=SIP-ETag:e1 h=Expires:300
		1.0 a>b PUBLISH 2 h=Event:presence h=SIP-If-Match:e1
		1.1 b>a 200 PUBLISH 2 to=x h=SIP-ETag:e2
		2.0 a>b PUBLISH 3 h=Event:presence h=SIP-If-Match:e2 says=pidf:bob=closed
		2.1 b>a 200 PUBLISH 3 to=x h=SIP-ETag:e3
		3.0 a>b PUBLISH 4 h=Event:presence h=SIP-If-Match:e3 h=Expires:0
		3.1 b>a 200 PUBLISH 4 to=x
		4.0 a>b PUBLISH 5 h=Event:presence h=SIP-If-Match:e3
		4.1 b>a 412 PUBLISH 5 to=x`).run(t, 60) {
		if p, ok := r.(*record.Publication); ok {
			line := fmt.Sprintf("%v match=%s etag=%s expires=%d", p.Outcome, p.IfMatch, p.ETag, p.Expires)
			if p.Presence != nil {
				line += fmt.Sprintf(" %s %s %v", p.Presence.Entity, p.Presence.Basic, p.Presence.Activities)
			}
			got = append(got, line)
		}
	}
	want := []string{
		"published match= etag=e1 expires=300 sip:bob@example.com open [busy]",
		"refreshed match=e1 etag=e2 expires=-1",
		"modified match=e2 etag=e3 expires=-1 sip:bob@example.com closed []",
		"removed match=e3 etag= expires=0",
		"condition_failed match=e3 etag= expires=-1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Lists longer than what is looked through one by one, growing, shrinking and growing again.
func TestLongLists(t *testing.T) {
	people := func(n int, state string) string {
		var list []string
		for i := range n {
			list = append(list, fmt.Sprintf("u%d=%s", i, state))
		}
		return "list:" + strings.Join(list, ",")
	}
	got := summaries(watched("presence", people(100, "active:open"), people(100, "active:closed"), people(10, "active:open"), people(60, "pending:open")).run(t, 0))
	// 100 go closed, 10 of them open, and the next 50; the 40 that the last list leaves out are still known as closed.
	want := active("presence", 4, "resources={notified:100,states:{pending:60},basic:{closed:40,open:60},changes:160}")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestResourceLimit(t *testing.T) {
	const limit = 25
	h := newHarness(t, 1, func(c *shard.Config) { c.MaxResources = limit })
	var big []string
	for i := range 100 {
		big = append(big, fmt.Sprintf("u%d=active:open", i))
	}
	for _, m := range watched("presence", "list:"+strings.Join(big, ","), "list:u1=active:closed").messages(t) {
		h.handle(&m)
		if n := h.counters.Tracked[stats.TableResources]; n > limit {
			t.Fatalf("%d resources", n)
		}
	}
	if h.counters.Evicted[stats.TableResources] == 0 {
		t.Error("nothing left out")
	}
	records := h.close()
	if len(records) != 1 || records[0].Head().Confidence.Flags&record.TableFull == 0 {
		t.Error(summaries(records))
	}
	checkEmpty(t, h)
}

func TestPresenceCounters(t *testing.T) {
	h := newHarness(t, 1, nil)
	for _, m := range watched("presence", "pidf:bob=open", "pidf:bob=closed", "pidf:bob=open", "pidf:bob=closed", "pidf:<").messages(t) {
		h.handle(&m)
	}
	c := &h.counters
	if c.BodiesUnreadable != 1 {
		t.Errorf("unreadable %d", c.BodiesUnreadable)
	}
}
