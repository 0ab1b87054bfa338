package diagnose

var sctpTable = []Diagnosis{
	{"sctp_refused", SCTP, "an SCTP INIT answered with ABORT",
		"{method} could not be sent to {to}: the association was refused", "start the service there, or correct address and port of the next hop"},
	{"sctp_unanswered", SCTP, "an SCTP INIT without an answer",
		"{method} could not be sent to {to}: nothing answers SCTP there", "check that the host is up and that no firewall drops SCTP (IP protocol 132)"},
	{"sctp_aborted", SCTP, "an SCTP ABORT before the answer",
		"{method} to {to} got no final response: the association was aborted by {from}", "check whether {from} restarted, and its log"},
	{"sctp_shutdown", SCTP, "an SCTP SHUTDOWN before the answer",
		"{method} to {to} got no final response: the association was shut down by {from}", "check whether {from} was stopped or restarted"},
}
