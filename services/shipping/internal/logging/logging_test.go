package logging_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"regexp"
	"testing"

	"go.opentelemetry.io/otel/trace"

	"shop/shipping/internal/logging"
)

func TestLinesAreThoseOfTheOtherServices(t *testing.T) {
	var out bytes.Buffer
	span := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}})
	ctx := trace.ContextWithSpanContext(context.Background(), span)
	log := logging.New(&out, "shipping", slog.LevelInfo)
	log.DebugContext(ctx, "unseen")
	log.WarnContext(ctx, "late", "orderId", "7")

	var line map[string]string
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatalf("%v: %s", err, out.String())
	}
	if !regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`).MatchString(line["time"]) {
		t.Errorf("time %q", line["time"])
	}
	want := map[string]string{
		"level": "warn", "service": "shipping", "msg": "late", "orderId": "7",
		"trace_id": "01000000000000000000000000000000", "span_id": "0200000000000000",
	}
	for name, value := range want {
		if line[name] != value {
			t.Errorf("%s is %q, want %q", name, line[name], value)
		}
	}
}
