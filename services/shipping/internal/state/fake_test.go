package state_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
)

// fakeSidecar is the part of daprd's state API that the client uses, with ETags as state.sqlite has them.
type fakeSidecar struct {
	mutex   sync.Mutex
	entries map[string]fakeEntry
	writes  int
	// headers of the last call.
	headers http.Header
	// beforeSave is called for each save, before it is looked at.
	beforeSave func()
}

type fakeEntry struct {
	value json.RawMessage
	etag  string
}

func startFake(t *testing.T) (*fakeSidecar, string) {
	t.Helper()
	fake := &fakeSidecar{entries: map[string]fakeEntry{}, beforeSave: func() {}}
	routes := http.NewServeMux()
	routes.HandleFunc("GET /v1.0/state/shipments/{key}", fake.get)
	routes.HandleFunc("POST /v1.0/state/shipments", fake.save)
	server := httptest.NewServer(routes)
	t.Cleanup(server.Close)
	return fake, server.URL
}

func (f *fakeSidecar) get(w http.ResponseWriter, r *http.Request) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.headers = r.Header
	entry, found := f.entries[r.PathValue("key")]
	if !found {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	w.Header().Set("ETag", entry.etag)
	_, _ = w.Write(entry.value)
}

func (f *fakeSidecar) save(w http.ResponseWriter, r *http.Request) {
	f.beforeSave()
	var requests []struct {
		Key     string
		Value   json.RawMessage
		ETag    string
		Options struct{ Concurrency, Consistency string }
	}
	if err := json.NewDecoder(r.Body).Decode(&requests); err != nil || len(requests) != 1 {
		http.Error(w, "one entry is expected", http.StatusBadRequest)
		return
	}
	request := requests[0]
	if request.Options.Concurrency != "first-write" || request.Options.Consistency != "strong" {
		http.Error(w, "wrong options", http.StatusBadRequest)
		return
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.headers = r.Header
	if f.entries[request.Key].etag != request.ETag {
		http.Error(w, `{"errorCode":"ERR_STATE_SAVE"}`, http.StatusConflict)
		return
	}
	f.put(request.Key, request.Value)
	w.WriteHeader(http.StatusNoContent)
}

func (f *fakeSidecar) put(key string, value json.RawMessage) {
	f.writes++
	f.entries[key] = fakeEntry{value, strconv.Itoa(f.writes)}
}
