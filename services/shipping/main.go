// Shipping prices and arranges shipments: the gRPC server of shop.shipping.v1.ShippingService beside a Dapr sidecar.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health"

	"shop/shipping/internal/api"
	"shop/shipping/internal/config"
	"shop/shipping/internal/logging"
	"shop/shipping/internal/rpc"
	"shop/shipping/internal/state"
	"shop/shipping/internal/telemetry"
)

//go:generate bunx @bufbuild/buf@1.75.0 generate
//go:generate bunx @bufbuild/buf@1.75.0 generate --template buf.gen.client.yaml

const (
	// Longest time for the calls that are running at the end.
	graceful = 10 * time.Second
	// Longest time for the last spans to leave.
	flush = 2 * time.Second
)

func main() {
	settings, err := config.Read(os.Getenv)
	log := logging.New(os.Stdout, settings.AppID, settings.LogLevel)
	if err == nil {
		err = run(settings, log)
	}
	if err != nil {
		log.Error("ended", "err", err.Error())
		os.Exit(1)
	}
}

// run serves until the process is asked to end.
func run(settings config.Config, log *slog.Logger) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	endTelemetry, err := telemetry.Start(ctx, settings.AppID, settings.CollectorURL, log)
	if err != nil {
		return err
	}
	defer func() {
		// A collector that is gone must not fail the end of the service.
		ctx, cancel := context.WithTimeout(context.Background(), flush)
		defer cancel()
		_ = endTelemetry(ctx)
	}()

	listener, err := net.Listen("tcp", settings.Listen)
	if err != nil {
		return err
	}
	shipments := state.NewClient(settings.Sidecar, settings.SidecarToken)
	server, healthy := rpc.NewServer(api.NewService(shipments, log), settings.AppToken, log)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	log.Info("listening", "address", listener.Addr().String())

	select {
	case err := <-served:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
		// A second signal ends it at once.
		stop()
		shutDown(server, healthy, log)
		return nil
	}
}

// shutDown tells the sidecar to send nothing more, and lets the calls end that are running.
func shutDown(server *grpc.Server, healthy *health.Server, log *slog.Logger) {
	healthy.Shutdown()
	timer := time.AfterFunc(graceful, func() {
		log.Warn("calls cut off at the end")
		server.Stop()
	})
	defer timer.Stop()
	server.GracefulStop()
	log.Info("stopped")
}
