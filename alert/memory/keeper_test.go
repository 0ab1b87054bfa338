package memory

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sipspan/alert"
)

// TestRememberingWritesWhatIsNew leaves a file alone that says the same.
func TestRememberingWritesWhatIsNew(t *testing.T) {
	k := NewKeeper(filepath.Join(t.TempDir(), "alerts.memory"), slog.New(slog.DiscardHandler))
	k.Save(alert.Memory{Version: alert.MemoryVersion})
	if _, err := os.Stat(k.path); !os.IsNotExist(err) {
		t.Errorf("an engine that has learned nothing has a file: %v", err)
	}
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	k.Save(alert.Memory{Version: alert.MemoryVersion, At: at})
	if err := os.Remove(k.path); err != nil {
		t.Fatal(err)
	}
	k.Save(alert.Memory{Version: alert.MemoryVersion, At: at})
	if _, err := os.Stat(k.path); !os.IsNotExist(err) {
		t.Errorf("the same is written again: %v", err)
	}
	k.Save(alert.Memory{Version: alert.MemoryVersion, At: at.Add(time.Minute)})
	if _, err := os.Stat(k.path); err != nil {
		t.Error(err)
	}
}
