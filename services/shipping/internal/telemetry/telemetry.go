// Package telemetry sets up tracing: W3C trace context and baggage, and spans that leave by OTLP over HTTP.
package telemetry

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
)

// Start sets up tracing for the process and returns what flushes and ends it. Without the base address of a collector,
// traces are passed on and logged, and no span leaves the service.
func Start(
	ctx context.Context, service, collectorURL string, log *slog.Logger,
) (end func(context.Context) error, err error) {
	options := []trace.TracerProviderOption{
		trace.WithResource(resource.NewSchemaless(attribute.String("service.name", service))),
	}
	if collectorURL != "" {
		url := strings.TrimSuffix(collectorURL, "/") + "/v1/traces"
		// JSON, as the other services send it: one collector does for all.
		exporter, err := otlptracehttp.New(
			ctx, otlptracehttp.WithEndpointURL(url), otlptracehttp.WithEncoding(otlptracehttp.EncodingJSON))
		if err != nil {
			return nil, fmt.Errorf("exporter of spans: %w", err)
		}
		options = append(options, trace.WithBatcher(exporter))
	}
	provider := trace.NewTracerProvider(options...)
	otel.SetTracerProvider(provider)
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("tracing failed", "err", err.Error()) }))
	otel.SetTextMapPropagator(
		propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{}))
	return provider.Shutdown, nil
}
