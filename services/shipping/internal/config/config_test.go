package config_test

import (
	"log/slog"
	"strings"
	"testing"

	"shop/shipping/internal/config"
)

func environment(values map[string]string) func(string) string {
	return func(name string) string { return values[name] }
}

func TestDefaults(t *testing.T) {
	got, err := config.Read(environment(map[string]string{"APP_PORT": "8006"}))
	want := config.Config{
		AppID: "shipping", Listen: "127.0.0.1:8006", Sidecar: "http://127.0.0.1:3500", LogLevel: slog.LevelInfo,
	}
	if err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestEverythingGiven(t *testing.T) {
	got, err := config.Read(environment(map[string]string{
		"APP_ID": "shipping-2", "APP_HOST": "::1", "APP_PORT": "1", "APP_API_TOKEN": "a", "DAPR_HTTP_PORT": "8106",
		"DAPR_API_TOKEN": "b", "LOG_LEVEL": "warn", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318",
	}))
	want := config.Config{
		AppID: "shipping-2", Listen: "[::1]:1", AppToken: "a", Sidecar: "http://127.0.0.1:8106", SidecarToken: "b",
		LogLevel: slog.LevelWarn, CollectorURL: "http://127.0.0.1:4318",
	}
	if err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestEveryFaultIsNamed(t *testing.T) {
	wrong := map[string]string{
		"DAPR_HTTP_PORT": "70000", "LOG_LEVEL": "loud", "OTEL_EXPORTER_OTLP_ENDPOINT": "127.0.0.1:4318",
	}
	got, err := config.Read(environment(wrong))
	if got != (config.Config{AppID: "shipping"}) {
		t.Errorf("got %+v", got)
	}
	for _, name := range []string{"APP_PORT", "DAPR_HTTP_PORT", "LOG_LEVEL", "OTEL_EXPORTER_OTLP_ENDPOINT"} {
		if err == nil || !strings.Contains(err.Error(), name+": ") {
			t.Errorf("%v does not name %s", err, name)
		}
	}
}
