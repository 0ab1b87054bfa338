package dashboards

func presence() Board {
	return Board{
		UID: "sipspan-presence", Title: "sipspan · presence and events",
		Description: "Subscriptions, notifications, publications and what they told (RFC 6665, 3856, 3903).",
		Rows: []Row{
			{"Subscriptions", []Panel{
				{Title: "Subscriptions now", Help: "Subscriptions between their first SUBSCRIBE or NOTIFY and their end.", Look: Areas, Unit: "short", Width: 12,
					Shows: []Query{{"sum by (event) (" + only("subscriptions_active") + ")", "{{event}}"}}},
				{Title: "Finished subscriptions", Help: "expired: the subscriber did not refresh. rejected: the SUBSCRIBE was refused. timeout: nobody answered.", Look: Areas, Unit: "cps", Width: 12,
					Shows: []Query{{perSecond("subscriptions_total", "event, outcome"), "{{event}} {{outcome}}"}}},
				{Title: "Subscriptions that fail", Help: "Rejected, not answered, or run out, of all that ended.", Look: Lines, Unit: "percentunit", Width: 12, Bad: 0.1,
					Shows: []Query{{share(perSecond("subscriptions_total", "event", `outcome=~"rejected|timeout|expired"`), perSecond("subscriptions_total", "event")), "{{event}}"}}},
				{Title: "Wait for the first state", Help: "From the SUBSCRIBE to the first NOTIFY, 95 % of all.", Look: Lines, Unit: "s", Width: 12,
					Shows: []Query{{quantile("0.95", "subscription_first_notify_seconds", "event"), "{{event}}"}}},
			}},
			{"Notifications and publications", []Panel{
				{Title: "Notifications", Help: "NOTIFY and BENOTIFY requests, each counted once, by Subscription-State.", Look: Areas, Unit: "reqps", Width: 8,
					Shows: []Query{{perSecond("notifies_total", "event, state"), "{{event}} {{state}}"}}},
				{Title: "Publications", Help: "condition_failed: the server does not know the entity tag (412).", Look: Areas, Unit: "reqps", Width: 8,
					Shows: []Query{{perSecond("publications_total", "outcome"), "{{outcome}}"}}},
				{Title: "Changes of presence", Help: "Changes between open and closed.", Look: Areas, Unit: "cps", Width: 8,
					Shows: []Query{{perSecond("presence_changes_total", "basic"), "became {{basic}}"}}},
				{Title: "Bodies that could not be read", Help: "Broken documents, or beyond a limit.", Look: Lines, Unit: "cps", Width: 24, Bad: 0.1,
					Shows: []Query{{perSecond("event_bodies_unreadable_total", ""), "bodies"}}},
			}},
		},
	}
}
