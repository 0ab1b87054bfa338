package csv_test

import (
	"bytes"
	stdcsv "encoding/csv"
	"slices"
	"testing"

	"sipspan/exporters/csv"
	"sipspan/record"
)

func TestFormat(t *testing.T) {
	f := csv.NewFormat()
	if f.Extension() != "csv" {
		t.Error(f.Extension())
	}
	for k := range record.Kind(record.NumKinds) {
		header := f.AppendHeader(nil, k)
		columns, err := stdcsv.NewReader(bytes.NewReader(header)).Read()
		if err != nil || !slices.Equal(columns, record.Columns(k)) || !bytes.HasPrefix(header, []byte("record,version,id,sensor,start,end,call_id,")) {
			t.Errorf("%v: %v: %s", k, err, header)
		}
	}
}

func TestRecordsAreLinesThatReadBack(t *testing.T) {
	records := []record.Record{
		&record.Call{Header: record.Header{CallID: `a"b,c`}, RequestURI: "sip:a@b\r\nX: y", From: record.Party{Display: "=cmd()"}, Services: []string{"call_hold", "transfer_attended"}},
		&record.Call{From: record.Party{Display: "Ångström; Jr."}},
	}
	f := csv.NewFormat()
	file := f.AppendHeader(nil, record.KindCall)
	for _, r := range records {
		file = f.AppendRecord(file, r)
	}
	if n := bytes.Count(file, []byte("\n")); n != 3 || bytes.Contains(file, []byte("\r")) {
		t.Errorf("%d lines: %q", n, file)
	}
	rows, err := stdcsv.NewReader(bytes.NewReader(file)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	value := func(row int, column string) string { return rows[row][slices.Index(rows[0], column)] }
	for column, want := range map[string]string{
		"call_id": `a"b,c`, "request_uri": `sip:a@b\x0d\x0aX: y`, "from_display": `\x3dcmd()`, "services": "call_hold transfer_attended", "status": "",
	} {
		if got := value(1, column); got != want {
			t.Errorf("%s: %q, want %q", column, got, want)
		}
	}
	if got := value(2, "from_display"); got != "Ångström; Jr." {
		t.Errorf("from_display: %q", got)
	}
}
