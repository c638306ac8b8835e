package rpc

import (
	"context"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"

	"shop/shipping/gen/daprv1"
)

// daprHealth answers the sidecar's probe, which takes an answer for health and an error for the want of it.
// Source: https://docs.dapr.io/operations/resiliency/health-checks/app-health/
type daprHealth struct {
	daprv1.UnimplementedAppCallbackHealthCheckServer
	health *health.Server
}

func (d daprHealth) HealthCheck(ctx context.Context, _ *emptypb.Empty) (*daprv1.HealthCheckResponse, error) {
	answer, err := d.health.Check(ctx, &grpc_health_v1.HealthCheckRequest{})
	if err != nil {
		return nil, err
	}
	if answer.GetStatus() != grpc_health_v1.HealthCheckResponse_SERVING {
		return nil, status.Error(codes.Unavailable, "shutting down")
	}
	return &daprv1.HealthCheckResponse{}, nil
}
