package session

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The flows of the seed documents and of RFC 3665 and RFC 5359, and what a person would say of each: a summary a line.
var captureScenarios = []struct {
	name string
	want string
}{
	{"seeds/call-deflection.pcap", `
		call a9c2eb61a37944979e6ba90adbf869ce redirected 303 srd=30 hops=143:1331>28:0,28:2507>60:303 forks=ba51cb6d68:303 messages=5`},
	{"seeds/draft-sparks-call-hold.pcap", `
		call 12345601@here.com answered 200 setup=3480 srd=320 ring=3160 duration=8200 sdd=4240 by=caller challenged hops=a>100:200,100>b:200 forks=314159:200 messages=25 challenged_try=12345600@here.com
		call 12345600@here.com challenged 407 challenged hops=a>100:407 forks= messages=3 challenged_retry=12345601@here.com`},
	{"seeds/draft-sparks-consultation-hold.pcap", `
		call 9876543210@there.com answered 200 setup=3480 srd=320 ring=3160 duration=4240 sdd=4240 by=caller hops=b>100:200,100>c:200 forks=456654:200 messages=12
		call 9876543210@here.com in_progress 0 hops=100>c:0 forks=456654:180 messages=1 mid_stream one_way
		call 12345600@here.com answered 200 setup=3480 srd=320 ring=3160 duration=20240 sdd=4240 by=caller hops=a>100:200,100>b:200 forks=314159:200 messages=25`},
	{"seeds/draft-sparks-find-me.pcap", `
		call 12345600@here.com answered 200 setup=8280 srd=320 ring=7960 duration=4240 sdd=4240 by=callee hops=a>100:200,100>u:0,100>v:480,100>w:486,100>x:200 forks=123456:180x,314756:480,7654321:486,7137136:200 messages=23`},
	{"seeds/draft-sparks-forward-busy.pcap", `
		call 12345600@here.com answered 200 setup=3720 srd=560 ring=3160 duration=4240 sdd=4240 by=caller hops=a>100:200,100>u:486,100>v:200 forks=123456:486,7654321:200 messages=16`},
	{"seeds/draft-sparks-forward-no-answer.pcap", `
		call 12345600@here.com answered 200 setup=7800 srd=320 ring=7480 duration=4240 sdd=4240 by=caller hops=a>100:200,100>u:0,100>v:200 forks=3145678:180x,123456:200 messages=17`},
	{"seeds/draft-sparks-forward-unconditional.pcap", `
		call 12345600@here.com answered 200 setup=3480 srd=320 ring=3160 duration=4240 sdd=4240 by=caller hops=a>100:200,100>200:200 forks=314159:200 messages=13`},
	{"seeds/draft-sparks-screening-incoming.pcap", `
		call 12345600@here.com challenged 407 challenged hops=a>100:407 forks= messages=3 challenged_retry=12345601@here.com
		call 12345601@here.com rejected 403 srd=80 challenged hops=a>100:403 forks= messages=3 challenged_try=12345600@here.com
		failure 12345601@here.com INVITE 403 origin=100 cause=sip:403`},
	{"seeds/draft-sparks-screening-outgoing.pcap", `
		call 12345600@here.com challenged 407 challenged hops=a>100:407 forks= messages=3 challenged_retry=12345601@here.com
		call 12345601@here.com rejected 403 srd=80 challenged hops=a>100:403 forks= messages=3 challenged_try=12345600@here.com
		failure 12345601@here.com INVITE 403 origin=100 cause=sip:403`},
	{"seeds/draft-sparks-unattended-transfer.pcap", `
		call 12345600@here.com answered 200 setup=3480 srd=320 ring=3160 duration=4240 sdd=4240 by=caller hops=a>100:200,100>b:200 forks=314159:200 messages=13
		call 9876543210@there.com answered 200 setup=3480 srd=320 ring=3160 duration=4240 sdd=4240 by=callee hops=b>100:200,100>c:200 forks=456654:200 messages=12
		call 123123123@there.com answered 200 setup=3480 srd=320 ring=3160 duration=4240 sdd=4240 by=caller hops=b>100:200,100>d:200 forks=789789:200 messages=13
		call 9876543210@here.com in_progress 0 hops=100>c:0 forks=456654:180 messages=1 mid_stream one_way`},
	{"seeds/mpop-fork.pcap", `
		call e34305289c3b4c368c583f531fddeff3 in_progress 200 setup=10800 srd=400 hops=201:2604>t:200 forks=c34587eaa8:183,97a7d6045d:200 messages=7`},
	{"seeds/pic-message.pcap", `
		call a9c41d4b12da43e4be363596f309fe4e answered 200 setup=400 srd=400 duration=3200 sdd=400 by=caller hops=v:4231>f:200 forks=1187999459aol:200 messages=11 im=2`},
	{"seeds/pic-presence.pcap", `
		failure cecb8c21ba01462a90f2f7235673f2b9 SUBSCRIBE 403 origin=f cause=sip:403
		subscription 44047f96df734fc5a6de19b16d3b8376 presence active 0 state=active expires=-1 notifies=2 refreshes=0 first=400 presence={entity:sip:pic1@contoso.example.com,basic:open,changes:1} resources={requested:1,notified:1,basic:{open:1},changes:1}
		subscription cecb8c21ba01462a90f2f7235673f2b9 presence rejected 403 state= expires=-1 notifies=0 refreshes=0 resources={requested:1,notified:0,changes:0}`},
	{"rfc/rfc3665-2-1-successful-new-registration.pcap", `
		registration 1j9FpLxk3uxtm8tn@biloxi.example.com registered 200 expires=3600 contacts=sips:bob@client.biloxi.example.com rrd=750 challenged`},
	{"rfc/rfc3665-2-3-request-for-current-contact-list.pcap", `
		registration 1j9FpLxk3uxtm8tn@biloxi.example.com fetched 200 expires=-1 contacts=sips:bob@client.biloxi.example.com,mailto:bob@biloxi.example.com rrd=250`},
	{"rfc/rfc3665-2-4-cancellation-of-registration.pcap", `
		registration 1j9FpLxk3uxtm8tn@biloxi.example.com unregistered 200 expires=0 contacts= rrd=250`},
	{"rfc/rfc3665-3-2-session-establishment-through-two-proxies.pcap", `
		call 3848276298220188511@atlanta.example.com answered 200 setup=3250 srd=2500 ring=750 duration=1000 sdd=1250 by=callee challenged hops=j>k:200,k>l:200,l>m:200 forks=314159:200 messages=23`},
	{"rfc/rfc3665-3-4-successful-session-with-proxy-failure.pcap", `
		call 4Fde34wkd11wsGFDs3@atlanta.example.com answered 200 setup=2250 srd=1750 ring=500 duration=750 sdd=750 by=callee challenged hops=j>l:200,l>m:200 forks=314159:200 messages=16
		call 2xTb9vxSit55XU7p8@atlanta.example.com in_progress 0 hops=j>k:0 forks= messages=1 one_way`},
	{"rfc/rfc3665-3-7-session-with-re-invite-ip-address-change.pcap", `
		call 2xTb9vxSit55XU7p8@atlanta.example.com answered 200 setup=1500 srd=1000 ring=500 duration=1250 sdd=250 by=caller hops=j>k:200,k>l:200 forks=314159:200 messages=13`},
	{"rfc/rfc3665-3-11-unsuccessful-temporarily-unavailable.pcap", `
		call 2xTb9vxSit55XU7p8@atlanta.example.com no_answer 480 srd=1750 ring=1250 hops=j>k:480,k>l:480,l>m:480 forks=314159:480 messages=14
		failure 2xTb9vxSit55XU7p8@atlanta.example.com INVITE 480 origin=m cause=sip:480`},
	{"rfc/rfc3856-8-example-message-flow.pcap", `
		subscription 2010@watcherhost.example.com presence active 200 state=active expires=600 notifies=2 refreshes=0 first=500`},
	{"rfc/rfc5359-2-12-find-me.pcap", `
		call 12345600@atlanta.example.com answered 200 setup=4750 srd=1000 ring=3750 duration=750 sdd=750 by=callee hops=j>k:200,k>l:487,k>m:480,k>n:486,k>o:200 forks=765432:487x,314756:480,7654321:486,7137136:200 messages=26`},
	{"rfc/rfc5359-2-16-call-pickup.pcap", `
		call 563456212@b2.biloxi.example.com answered 200 setup=250 srd=250 duration=1500 sdd=250 by=callee hops=l>j:200 forks=131256:200 messages=5
		call 12345600@atlanta.example.com cancelled 487 srd=250 ring=2250 hops=j>k:487 forks=3145678:487x messages=6
		subscription rt4353gs2egg@pc.biloxi.example.com dialog fetched 200 state=terminated expires=0 notifies=1 refreshes=0 first=500 reason=timeout`},
	{"rfc/rfc5359-2-4-transfer-unattended.pcap", `
		call 7436222@atlanta.example.com in_progress 200 setup=500 srd=250 ring=250 hops=j>l:200 forks=928287:200 messages=4
		call 12345601@atlanta.example.com answered 200 setup=500 srd=250 ring=250 duration=1500 sdd=250 by=callee hops=j>k:200 forks=1234567:200 messages=12
		subscription 12345601@atlanta.example.com refer terminated 202 state=terminated expires=60 notifies=2 refreshes=0 first=500 reason=noresource`},
	{"rfc/rfc5359-2-7-call-forwarding-unconditional.pcap", `
		call 12345600@atlanta.example.com answered 200 setup=1750 srd=500 ring=500 duration=750 sdd=750 by=caller hops=j>k:200,k>l:200 forks=9214d:181,314159:200 messages=14`},
	{"ms-diagnostics/ms-diagnostics-ccby.pcap", `
		transaction 06aba2f23c6441c0a6b9d910f6fd4a6c SERVICE 403 mid_stream one_way
		failure 06aba2f23c6441c0a6b9d910f6fd4a6c SERVICE 403 origin=t cause=sip:403 mid_stream one_way
		call fd8c35c4bf9c41999f72bac2ddbacec4 failed 500 hops=j>t:500 forks=5A2FCD175386029A12ECE5FB6E248424:500 messages=1 mid_stream one_way
		failure fd8c35c4bf9c41999f72bac2ddbacec4 INVITE 500 origin=t cause=sip:500 mid_stream one_way`},
	{"live/kamailio-baresip-sipp.pcap", `
		registration 934349fad538cc07 registered 200 expires=60 contacts=sip:bob-0x563cfaacb090@127.0.0.1:15090 rrd=0.483
		call 1-7554@127.0.0.1 answered 200 setup=1.949 srd=1.569 ring=0.38 duration=506.696 sdd=0.503 by=caller hops=a:15080>a:15060:200,a:15060>a:15090:200 forks=de084f26306543d3:200 messages=13
		call 2-7554@127.0.0.1 answered 200 setup=1.032 srd=1.001 ring=0.031 duration=503.735 sdd=0.688 by=caller hops=a:15080>a:15060:200,a:15060>a:15090:200 forks=970d32a13bd802fe:200 messages=13`},
}

func TestCaptures(t *testing.T) {
	for _, s := range captureScenarios {
		t.Run(strings.TrimSuffix(s.name, ".pcap"), func(t *testing.T) {
			h := newHarness(t, 1, nil)
			for _, m := range captureMessages(t, s.name) {
				h.handle(&m)
			}
			var want []string
			for _, line := range strings.Split(strings.TrimSpace(s.want), "\n") {
				want = append(want, strings.TrimSpace(line))
			}
			if diff := cmp.Diff(sorted(want), sorted(summaries(h.close()))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
