package diagnose

import "strings"

var registrationTable = []Diagnosis{
	{"register_conflict", SIP, "two or more devices that register the same address-of-record in turns, each replacing the other's binding",
		"REGISTER was replaced in turns by {rivals}: several devices use the same account and only the last one can be called",
		"give each device its own account, or let the registrar keep several contacts"},
}

// registration sees devices that take the binding from each other. It matters to registrations that succeed.
func (v *view) registration() *finding {
	if v.c.Method != "REGISTER" || len(v.c.Rivals) == 0 || v.c.Status >= 300 {
		return nil
	}
	var rivals []string
	for _, r := range v.c.Rivals[:min(len(v.c.Rivals), 8)] {
		rivals = append(rivals, r.String())
	}
	list := strings.Join(rivals, ", ")
	f := &finding{id: "register_conflict", code: "conflict", text: "several devices for one address-of-record"}
	f.values = map[string]string{"rivals": list}
	f.evidence = append(f.evidence, v.saw("the same address-of-record was registered from %s", list))
	return f
}
