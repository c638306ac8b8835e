// Package config reads what the service is told by its environment, whoever starts it.
package config

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strconv"
)

// Config of the service.
type Config struct {
	// AppID names the service in logs and traces. Default: shipping.
	AppID string
	// Listen is the address of the gRPC server, from APP_HOST (default 127.0.0.1) and APP_PORT.
	Listen string
	// AppToken is what the sidecar has to show, from APP_API_TOKEN. Empty: nothing.
	AppToken string
	// Sidecar is the base address of the sidecar's HTTP API, from DAPR_HTTP_PORT (default 3500).
	Sidecar string
	// SidecarToken is what the sidecar asks for, from DAPR_API_TOKEN. Empty: nothing.
	SidecarToken string
	// LogLevel is the lowest that is written. Default: info.
	LogLevel slog.Level
	// CollectorURL is the base address of an OpenTelemetry collector, from OTEL_EXPORTER_OTLP_ENDPOINT. Empty: no span
	// leaves the service.
	CollectorURL string
}

// Read returns the configuration, or an error that names every variable that is missing or wrong, and the AppID alone.
func Read(env func(string) string) (Config, error) {
	appID := cmp.Or(env("APP_ID"), "shipping")
	appPort, errApp := port("APP_PORT", env("APP_PORT"))
	sidecarPort, errSidecar := port("DAPR_HTTP_PORT", cmp.Or(env("DAPR_HTTP_PORT"), "3500"))
	level, errLevel := logLevel(env("LOG_LEVEL"))
	collectorURL, errCollector := webURL("OTEL_EXPORTER_OTLP_ENDPOINT", env("OTEL_EXPORTER_OTLP_ENDPOINT"))
	if err := errors.Join(errApp, errSidecar, errLevel, errCollector); err != nil {
		return Config{AppID: appID}, fmt.Errorf("wrong environment: %w", err)
	}
	return Config{
		AppID:        appID,
		Listen:       net.JoinHostPort(cmp.Or(env("APP_HOST"), "127.0.0.1"), appPort),
		AppToken:     env("APP_API_TOKEN"),
		Sidecar:      "http://" + net.JoinHostPort("127.0.0.1", sidecarPort),
		SidecarToken: env("DAPR_API_TOKEN"),
		LogLevel:     level,
		CollectorURL: collectorURL,
	}, nil
}

func port(name, text string) (string, error) {
	if number, err := strconv.ParseUint(text, 10, 16); err != nil || number == 0 {
		return "", fmt.Errorf("%s: expected a port, got %q", name, text)
	}
	return text, nil
}

func webURL(name, text string) (string, error) {
	parsed, err := url.Parse(text)
	if text != "" && (err != nil || parsed.Host == "" || (parsed.Scheme != "http" && parsed.Scheme != "https")) {
		return "", fmt.Errorf("%s: expected an http or https URL, got %q", name, text)
	}
	return text, nil
}

// The levels are those of the shop's other services, which have more of them.
func logLevel(name string) (slog.Level, error) {
	switch name {
	case "trace", "debug":
		return slog.LevelDebug, nil
	case "", "info":
		return slog.LevelInfo, nil
	case "warn":
		return slog.LevelWarn, nil
	case "error", "fatal":
		return slog.LevelError, nil
	case "silent":
		return slog.LevelError + 1, nil
	default:
		return 0, fmt.Errorf("LOG_LEVEL: expected trace, debug, info, warn, error, fatal or silent, got %q", name)
	}
}
