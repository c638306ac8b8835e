package state_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"shop/shipping/internal/shipment"
	"shop/shipping/internal/state"
)

var order = shipment.Order{
	ID: "0198c0de-0000-7000-8000-000000000001", CustomerID: "VINET", Country: "France", Units: 27, PriceCents: 3415,
}

func arrange(current *shipment.Shipment) (shipment.Shipment, error) {
	return shipment.Arrange(current, order)
}

func cancel(current *shipment.Shipment) (shipment.Shipment, error) {
	return shipment.Cancel(current, order.ID), nil
}

func TestWhatIsStoredIsReadAgain(t *testing.T) {
	fake, address := startFake(t)
	client := state.NewClient(address, "secret")
	if got, err := client.Get(t.Context(), order.ID); got != nil || err != nil {
		t.Fatalf("got %v, %v before anything is stored", got, err)
	}
	stored, err := client.Change(t.Context(), order.ID, arrange)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := client.Change(t.Context(), order.ID, arrange); again != stored || err != nil {
		t.Errorf("arranged again: %+v, %v", again, err)
	}
	if got, err := client.Get(t.Context(), order.ID); err != nil || *got != stored {
		t.Errorf("got %+v, %v, want %+v", got, err, stored)
	}
	if fake.writes != 1 {
		t.Errorf("written %d times, want 1", fake.writes)
	}
	if token := fake.headers.Get("dapr-api-token"); token != "secret" {
		t.Errorf("token %q", token)
	}
}

func TestWhoeverLosesDecidesAgain(t *testing.T) {
	fake, address := startFake(t)
	client := state.NewClient(address, "")
	var intruded atomic.Bool
	fake.beforeSave = func() {
		if !intruded.CompareAndSwap(false, true) {
			return
		}
		if _, err := client.Change(t.Context(), order.ID, cancel); err != nil {
			t.Error(err)
		}
	}
	if _, err := client.Change(t.Context(), order.ID, arrange); !errors.Is(err, shipment.ErrCancelled) {
		t.Errorf("got %v, want that it was cancelled", err)
	}
}

func TestManyAtOnce(t *testing.T) {
	_, address := startFake(t)
	client := state.NewClient(address, "")
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			_, err := client.Change(t.Context(), order.ID, arrange)
			if err != nil && !errors.Is(err, shipment.ErrCancelled) {
				t.Error(err)
			}
		})
		all.Go(func() {
			if _, err := client.Change(t.Context(), order.ID, cancel); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got, err := client.Get(t.Context(), order.ID); err != nil || got.Status != shipment.Cancelled {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestFaultsOfTheSidecar(t *testing.T) {
	tests := []struct {
		name        string
		answer      http.HandlerFunc
		unavailable bool
	}{
		{"the store is away", fail(http.StatusInternalServerError), true},
		{"too many calls", fail(http.StatusTooManyRequests), true},
		{"the token is wrong", fail(http.StatusUnauthorized), false},
		{"no such store", fail(http.StatusBadRequest), false},
		{"no ETag", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("{}")) }, false},
		{"no JSON", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("ETag", "1")
			_, _ = w.Write([]byte("<html>"))
		}, false},
		{"hangs up", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := httptest.NewServer(test.answer)
			defer server.Close()
			_, err := state.NewClient(server.URL, "").Change(t.Context(), order.ID, arrange)
			if err == nil || errors.Is(err, state.ErrUnavailable) != test.unavailable {
				t.Errorf("got %v", err)
			}
		})
	}
}

func fail(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", status) }
}

func TestNoSidecar(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	if _, err := state.NewClient(server.URL, "").Get(t.Context(), order.ID); !errors.Is(err, state.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
}

func TestAConflictWithoutEnd(t *testing.T) {
	fake, address := startFake(t)
	saves := 0
	fake.beforeSave = func() {
		saves++
		fake.mutex.Lock()
		defer fake.mutex.Unlock()
		fake.put(order.ID, []byte(`{"orderId":"`+order.ID+`","status":"arranged"}`))
	}
	if _, err := state.NewClient(address, "").Change(t.Context(), order.ID, cancel); !errors.Is(err, state.ErrConflict) {
		t.Errorf("got %v", err)
	}
	if saves != 5 {
		t.Errorf("tried %d times, want 5", saves)
	}
}

func TestACallerWhoseTimeIsUp(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer server.Close()
	defer close(release)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := state.NewClient(server.URL, "").Get(ctx, order.ID)
	if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, state.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
}

func TestTheTraceIsPassedOn(t *testing.T) {
	otel.SetTextMapPropagator(propagation.TraceContext{})
	fake, address := startFake(t)
	span := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}, TraceFlags: 1})
	ctx := trace.ContextWithSpanContext(t.Context(), span)
	if _, err := state.NewClient(address, "").Get(ctx, order.ID); err != nil {
		t.Fatal(err)
	}
	want := "00-01000000000000000000000000000000-0200000000000000-01"
	if got := fake.headers.Get("traceparent"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
