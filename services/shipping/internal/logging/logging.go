// Package logging writes logs as the shop's other services do: one JSON object a line.
package logging

import (
	"context"
	"io"
	"log/slog"
	"strings"

	"go.opentelemetry.io/otel/trace"
)

// New returns a logger whose lines have level, time, service, msg and, where a trace is active, trace_id and span_id.
func New(out io.Writer, service string, level slog.Level) *slog.Logger {
	json := slog.NewJSONHandler(out, &slog.HandlerOptions{Level: level, ReplaceAttr: asElsewhere})
	return slog.New(traced{json}).With("service", service)
}

func asElsewhere(groups []string, attr slog.Attr) slog.Attr {
	if len(groups) > 0 {
		return attr
	}
	switch attr.Key {
	case slog.LevelKey:
		return slog.String(attr.Key, strings.ToLower(attr.Value.String()))
	case slog.TimeKey:
		return slog.String(attr.Key, attr.Value.Time().UTC().Format("2006-01-02T15:04:05.000Z"))
	default:
		return attr
	}
}

type traced struct{ slog.Handler }

func (h traced) Handle(ctx context.Context, record slog.Record) error {
	if span := trace.SpanContextFromContext(ctx); span.IsValid() {
		record.AddAttrs(slog.String("trace_id", span.TraceID().String()), slog.String("span_id", span.SpanID().String()))
	}
	return h.Handler.Handle(ctx, record)
}

func (h traced) WithAttrs(attrs []slog.Attr) slog.Handler { return traced{h.Handler.WithAttrs(attrs)} }

func (h traced) WithGroup(name string) slog.Handler { return traced{h.Handler.WithGroup(name)} }
