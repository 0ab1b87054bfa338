package store_test

import (
	"bufio"
	"database/sql"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"sipspan/exporters/store"
	"sipspan/record"
	"sipspan/record/choose"
)

// What the environment of the child of TestKilled holds: the folder of its store, and the number of its first record.
const (
	childFolder = "STORE_TEST_FOLDER"
	childFirst  = "STORE_TEST_FIRST"
)

func TestMain(m *testing.M) {
	if folder := os.Getenv(childFolder); folder != "" {
		first, err := strconv.Atoi(os.Getenv(childFirst))
		if err == nil {
			err = writeForEver(folder, first, os.Stdout)
		}
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// inBatch is how many records, each with a message, the child writes at a time.
const inBatch = 10

// writeForEver writes records from a number on, and after each batch the last number that is in the store.
func writeForEver(folder string, n int, acknowledged io.Writer) error {
	s, err := store.Open(killedConfig(folder), quiet, nil)
	if err != nil {
		return err
	}
	for {
		for range inBatch {
			m, raw := kept(n, fmt.Sprintf("call-%d@192.0.2.10", n), "X: "+noise(4000)+"\r\n")
			s.Message(m, raw, nil)
			if err := s.Export(call(n)); err != nil {
				return err
			}
			n++
		}
		if err := s.Flush(); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(acknowledged, n-1); err != nil {
			return err
		}
	}
}

// killedConfig is a store with parts of some batches, of which none is removed.
func killedConfig(folder string) store.Config {
	c := store.DefaultConfig()
	c.Directory, c.MinFree, c.KeepFor, c.KeepTotal, c.Messages = folder, 0, 0, 16<<20, true
	return c
}

// TestKilled kills a process that writes twenty times, after a random number of batches and in the middle of whatever it does then. What it had acknowledged is in
// the store, records with their messages, batches are there as a whole, nothing is there twice, and the next process goes on.
func TestKilled(t *testing.T) {
	folder := t.TempDir()
	next := 1
	for round := range 20 {
		last := killedAfter(t, folder, next, 1+int(chance.Uint64()%10))
		found := map[string]int{}
		for _, line := range search(t, folder, choose.Query{}) {
			r, err := record.Decode([]byte(line))
			if err != nil {
				t.Fatal(err)
			}
			found[r.Head().CallID]++
		}
		// call returns records without gaps, so that their number is the last one.
		for n := 1; n <= max(last, len(found)); n++ {
			if id := fmt.Sprintf("call-%d@192.0.2.10", n); found[id] != 1 {
				t.Fatalf("round %d: %s is there %d times; %d were acknowledged, %d are there", round, id, found[id], last, len(found))
			}
		}
		if len(found)%inBatch != 0 {
			t.Errorf("round %d: %d records are there, which is half a batch", round, len(found))
		}
		messages := messages(t, folder, store.Wanted{})
		if len(messages) != len(found) {
			t.Errorf("round %d: %d records and %d messages", round, len(found), len(messages))
		}
		for _, n := range []int{1, last, len(found)} { // the keys are as whole as what they point to
			id := fmt.Sprintf("call-%d@192.0.2.10", n)
			if len(search(t, folder, choose.Query{CallID: []string{id}})) != 1 || len(messagesOfCall(t, folder, id)) != 1 {
				t.Errorf("round %d: %s is not found by its Call-ID", round, id)
			}
		}
		next = len(found) + 1
	}
	s := open(t, killedConfig(folder), nil) // it opens again
	export(t, s, call(next))
	finish(t, s)
	if got := len(search(t, folder, choose.Query{})); got != next {
		t.Errorf("%d records in the end, want %d", got, next)
	}
}

func messagesOfCall(t *testing.T, folder, callID string) []string {
	return messages(t, folder, store.Wanted{CallIDs: map[string]bool{callID: true}})
}

// killedAfter starts a process that writes, kills it when it has acknowledged some batches, and returns the last number that it acknowledged.
func killedAfter(t *testing.T, folder string, first, batches int) (last int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childFolder+"="+folder, fmt.Sprintf("%s=%d", childFirst, first))
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for n := 0; n < batches && lines.Scan(); n++ {
		last, _ = strconv.Atoi(lines.Text())
	}
	time.AfterFunc(time.Duration(chance.Uint64()%uint64(20*time.Millisecond)), func() { _ = cmd.Process.Kill() })
	for lines.Scan() { // what it had acknowledged before it was killed
		if n, err := strconv.Atoi(lines.Text()); err == nil {
			last = n
		}
	}
	_ = cmd.Wait() // killed
	if last == 0 || complaint.Len() > 0 {
		t.Fatalf("the process has acknowledged up to %d: %s", last, complaint.String())
	}
	return last
}

// TestKilledAtTheEndOfAPart makes what a kill leaves behind at the moment at which the writer has finished a part and marks it as finished: a journal beside the file, which
// nobody but a writer may remove. The part is read all the same, and continued.
func TestKilledAtTheEndOfAPart(t *testing.T) {
	c := withMessages(t)
	at := &clock{noon}
	s := open(t, c, at.now)
	m, raw := kept(1, "call-1@192.0.2.10", "")
	s.Message(m, raw, nil)
	export(t, s, call(1))
	finish(t, s)
	found, _ := filepath.Glob(filepath.Join(c.Directory, "*.sqlite"))
	if len(found) != 1 {
		t.Fatal(found)
	}
	db, err := sql.Open("sqlite", found[0])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	// The mark is in the first page, as this number is, which stays as it was.
	if _, err := db.Exec("PRAGMA user_version; BEGIN; PRAGMA user_version = 3"); err != nil {
		t.Fatal(err)
	}
	killed := t.TempDir()
	for _, name := range []string{found[0], found[0] + "-journal"} {
		text, err := os.ReadFile(name)
		if err != nil || len(text) == 0 {
			t.Fatal("no journal: ", err)
		}
		if strings.HasSuffix(name, "-journal") {
			// Its beginning is written when it is synchronised, just before the file is changed: https://www.sqlite.org/fileformat2.html, section 3.
			copy(text, "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7\x00\x00\x00\x01")
		}
		if err := os.WriteFile(filepath.Join(killed, filepath.Base(name)), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := search(t, killed, choose.Query{}); len(got) != 1 || len(messages(t, killed, store.Wanted{})) != 1 {
		t.Errorf("found %v", got)
	}
	c.Directory = killed
	s = open(t, c, at.now)
	export(t, s, call(2))
	finish(t, s)
	if got := search(t, killed, choose.Query{}); len(got) != 2 {
		t.Errorf("found %v after that", got)
	}
}
