// Package rpc is the gRPC server around the service: health, token, panics and logs.
package rpc

import (
	"log/slog"
	"strings"

	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/stats"

	"shop/shipping/gen/daprv1"
	"shop/shipping/gen/shippingv1"
)

// Largest request that is read: an order to arrange has some hundred bytes.
const maxRequest = 64 << 10

// NewServer returns the server of the service, and its health, which is that of the sidecar's probe too. Calls have to
// show the token unless it is empty; probes have not, since daprd sends none there.
func NewServer(
	service shippingv1.ShippingServiceServer, token string, log *slog.Logger,
) (*grpc.Server, *health.Server) {
	server := grpc.NewServer(
		grpc.MaxRecvMsgSize(maxRequest),
		grpc.StatsHandler(otelgrpc.NewServerHandler(
			otelgrpc.WithFilter(func(call *stats.RPCTagInfo) bool { return !isProbe(call.FullMethodName) }))),
		grpc.ChainUnaryInterceptor(logFailures(log), recoverPanics(log), requireToken(token)),
	)
	healthy := health.NewServer()
	grpc_health_v1.RegisterHealthServer(server, healthy)
	daprv1.RegisterAppCallbackHealthCheckServer(server, daprHealth{health: healthy})
	shippingv1.RegisterShippingServiceServer(server, service)
	return server, healthy
}

func isProbe(method string) bool {
	return strings.HasPrefix(method, "/"+grpc_health_v1.Health_ServiceDesc.ServiceName+"/") ||
		strings.HasPrefix(method, "/"+daprv1.AppCallbackHealthCheck_ServiceDesc.ServiceName+"/")
}
