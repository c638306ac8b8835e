package rpc_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/types/known/emptypb"

	"shop/shipping/gen/daprv1"
	"shop/shipping/gen/shippingv1"
	"shop/shipping/internal/api"
	"shop/shipping/internal/rpc"
	"shop/shipping/internal/shipment"
	"shop/shipping/internal/state"
)

const orderID = "0198c0de-0000-7000-8000-000000000001"

// memory keeps shipments, or fails with err.
type memory struct {
	shipments map[string]shipment.Shipment
	err       error
}

func (m memory) Get(_ context.Context, id string) (*shipment.Shipment, error) {
	if m.err != nil {
		return nil, m.err
	}
	if id == "0198c0de-0000-7000-8000-00000000dead" {
		panic("of this order")
	}
	if found, ok := m.shipments[id]; ok {
		return &found, nil
	}
	return nil, nil
}

func (m memory) Change(
	ctx context.Context, id string, decide func(*shipment.Shipment) (shipment.Shipment, error),
) (shipment.Shipment, error) {
	current, err := m.Get(ctx, id)
	if err != nil {
		return shipment.Shipment{}, err
	}
	next, err := decide(current)
	if err == nil {
		m.shipments[id] = next
	}
	return next, err
}

type running struct {
	connection *grpc.ClientConn
	client     shippingv1.ShippingServiceClient
	shutDown   func()
	log        *bytes.Buffer
}

func start(t *testing.T, token string, failure error) running {
	t.Helper()
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	store := memory{map[string]shipment.Shipment{}, failure}
	server, healthy := rpc.NewServer(api.NewService(store, log), token, log)
	listener := bufconn.Listen(1 << 20)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	connection, err := grpc.NewClient("passthrough:///bufconn",
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	return running{connection, shippingv1.NewShippingServiceClient(connection), healthy.Shutdown, &out}
}

func arrangement() *shippingv1.ArrangeRequest {
	return &shippingv1.ArrangeRequest{
		OrderId: orderID, CustomerId: "VINET", Country: "France", Units: 27, PriceCents: 3415,
	}
}

func TestTheLifeOfAShipment(t *testing.T) {
	client, ctx := start(t, "", nil).client, t.Context()
	quote, err := client.Quote(ctx, &shippingv1.QuoteRequest{Country: "France", Units: 27})
	if err != nil || quote.GetPriceCents() != 3415 || quote.GetCarrier() != "United Package" {
		t.Fatalf("quote: %v, %v", quote, err)
	}
	_, err = client.Get(ctx, &shippingv1.GetRequest{OrderId: orderID})
	expectCode(t, err, codes.NotFound)
	first, err := client.Arrange(ctx, arrangement())
	if err != nil || first.GetStatus() != shippingv1.Status_STATUS_ARRANGED || first.GetUnits() != 27 {
		t.Fatalf("arrange: %v, %v", first, err)
	}
	again, err := client.Arrange(ctx, arrangement())
	if err != nil || again.GetTrackingNumber() != first.GetTrackingNumber() {
		t.Errorf("arrange again: %v, %v", again, err)
	}
	other := arrangement()
	other.Units = 1
	_, err = client.Arrange(ctx, other)
	expectCode(t, err, codes.AlreadyExists)
	for range 2 {
		cancelled, err := client.Cancel(ctx, &shippingv1.CancelRequest{OrderId: orderID})
		if err != nil || cancelled.GetStatus() != shippingv1.Status_STATUS_CANCELLED {
			t.Errorf("cancel: %v, %v", cancelled, err)
		}
	}
	_, err = client.Arrange(ctx, arrangement())
	expectCode(t, err, codes.FailedPrecondition)
	got, err := client.Get(ctx, &shippingv1.GetRequest{OrderId: orderID})
	if err != nil || got.GetTrackingNumber() != first.GetTrackingNumber() || got.GetCountry() != "France" {
		t.Errorf("get: %v, %v", got, err)
	}
}

func TestInvalidRequests(t *testing.T) {
	client := start(t, "", nil).client
	arrange := func(change func(*shippingv1.ArrangeRequest)) func(context.Context) error {
		request := arrangement()
		change(request)
		return func(ctx context.Context) error {
			_, err := client.Arrange(ctx, request)
			return err
		}
	}
	tests := []struct {
		name   string
		call   func(context.Context) error
		fields string
	}{
		{"nothing at all", arrange(func(r *shippingv1.ArrangeRequest) { r.Reset() }), "order_id customer_id units"},
		{"upper case", arrange(func(r *shippingv1.ArrangeRequest) { r.OrderId = strings.Repeat("A", 36) }), "order_id"},
		{"a long customer", arrange(func(r *shippingv1.ArrangeRequest) { r.CustomerId = strings.Repeat("ü", 41) }), "customer_id"},
		{"a long country", arrange(func(r *shippingv1.ArrangeRequest) { r.Country = strings.Repeat("ü", 61) }), "country"},
		{"too many units", arrange(func(r *shippingv1.ArrangeRequest) { r.Units = 1_000_001 }), "units"},
		{"a quote of nothing", func(ctx context.Context) error {
			_, err := client.Quote(ctx, &shippingv1.QuoteRequest{})
			return err
		}, "units"},
		{"cancel", func(ctx context.Context) error {
			_, err := client.Cancel(ctx, &shippingv1.CancelRequest{OrderId: orderID + "\n"})
			return err
		}, "order_id"},
		{"get", func(ctx context.Context) error {
			_, err := client.Get(ctx, &shippingv1.GetRequest{OrderId: "../x"})
			return err
		}, "order_id"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := test.call(t.Context())
			expectCode(t, err, codes.InvalidArgument)
			var fields []string
			for _, detail := range status.Convert(err).Details() {
				for _, violation := range detail.(*errdetails.BadRequest).GetFieldViolations() {
					fields = append(fields, violation.GetField())
					if !strings.Contains(err.Error(), violation.GetField()+" must ") {
						t.Errorf("%v does not name %s", err, violation.GetField())
					}
				}
			}
			if got := strings.Join(fields, " "); got != test.fields {
				t.Errorf("got %q, want %q", got, test.fields)
			}
		})
	}
}

func TestFaultsOfTheStore(t *testing.T) {
	tests := []struct {
		err  error
		code codes.Code
	}{
		{errors.Join(state.ErrUnavailable, errors.New("of host db-7")), codes.Unavailable},
		{state.ErrConflict, codes.Aborted},
		{context.DeadlineExceeded, codes.DeadlineExceeded},
		{context.Canceled, codes.Canceled},
		{errors.New("of host db-7"), codes.Internal},
	}
	for _, test := range tests {
		server := start(t, "", test.err)
		_, err := server.client.Arrange(t.Context(), arrangement())
		expectCode(t, err, test.code)
		if strings.Contains(err.Error(), "db-7") {
			t.Errorf("%v tells the caller too much", err)
		}
		if !strings.Contains(server.log.String(), test.err.Error()[:8]) {
			t.Errorf("the log lacks %v: %s", test.err, server.log)
		}
	}
}

func TestAPanicEndsOneCall(t *testing.T) {
	server := start(t, "", nil)
	_, err := server.client.Get(t.Context(), &shippingv1.GetRequest{OrderId: "0198c0de-0000-7000-8000-00000000dead"})
	expectCode(t, err, codes.Internal)
	if strings.Contains(err.Error(), "of this order") || !strings.Contains(server.log.String(), "of this order") {
		t.Errorf("told %v, logged %s", err, server.log)
	}
	_, err = server.client.Get(t.Context(), &shippingv1.GetRequest{OrderId: orderID})
	expectCode(t, err, codes.NotFound)
}

func TestOnlyTheSidecarMayCall(t *testing.T) {
	server := start(t, "secret", nil)
	tests := []struct {
		name  string
		shown []string
		code  codes.Code
	}{
		{"no token", nil, codes.Unauthenticated},
		{"a wrong one", []string{"dapr-api-token", "secre"}, codes.Unauthenticated},
		{"two", []string{"dapr-api-token", "x", "dapr-api-token", "secret"}, codes.Unauthenticated},
		{"the right one", []string{"dapr-api-token", "secret"}, codes.OK},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ctx := metadata.AppendToOutgoingContext(t.Context(), test.shown...)
			_, err := server.client.Quote(ctx, &shippingv1.QuoteRequest{Units: 1})
			expectCode(t, err, test.code)
		})
	}
}

func TestHealthNeedsNoTokenAndEndsBeforeTheServer(t *testing.T) {
	server := start(t, "secret", nil)
	dapr := daprv1.NewAppCallbackHealthCheckClient(server.connection)
	standard := grpc_health_v1.NewHealthClient(server.connection)
	_, err := dapr.HealthCheck(t.Context(), &emptypb.Empty{})
	expectCode(t, err, codes.OK)
	answer, err := standard.Check(t.Context(), &grpc_health_v1.HealthCheckRequest{})
	if err != nil || answer.GetStatus() != grpc_health_v1.HealthCheckResponse_SERVING {
		t.Errorf("got %v, %v", answer, err)
	}

	server.shutDown()
	_, err = dapr.HealthCheck(t.Context(), &emptypb.Empty{})
	expectCode(t, err, codes.Unavailable)
	answer, err = standard.Check(t.Context(), &grpc_health_v1.HealthCheckRequest{})
	if err != nil || answer.GetStatus() != grpc_health_v1.HealthCheckResponse_NOT_SERVING {
		t.Errorf("got %v, %v", answer, err)
	}
	if server.log.Len() > 0 {
		t.Errorf("probes are logged: %s", server.log)
	}
}

func expectCode(t *testing.T, err error, code codes.Code) {
	t.Helper()
	if status.Code(err) != code {
		t.Fatalf("got %v, want %s", err, code)
	}
}
