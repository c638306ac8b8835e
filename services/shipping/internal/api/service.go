// Package api answers the calls of shop.shipping.v1.ShippingService.
package api

import (
	"context"
	"log/slog"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"shop/shipping/gen/shippingv1"
	"shop/shipping/internal/rates"
	"shop/shipping/internal/shipment"
)

// Shipments is where they are kept.
type Shipments interface {
	// Get returns nil for an order that nothing was asked for.
	Get(ctx context.Context, orderID string) (*shipment.Shipment, error)
	// Change stores what decide makes of the order's shipment, which is nil when there is none, and returns it.
	Change(
		ctx context.Context, orderID string, decide func(current *shipment.Shipment) (shipment.Shipment, error),
	) (shipment.Shipment, error)
}

// Service prices and arranges shipments. It holds no state of its own.
type Service struct {
	shippingv1.UnimplementedShippingServiceServer
	shipments Shipments
	log       *slog.Logger
}

// NewService returns the service over that store.
func NewService(shipments Shipments, log *slog.Logger) *Service {
	return &Service{shipments: shipments, log: log}
}

// Quote returns a price and arranges nothing.
func (s *Service) Quote(_ context.Context, request *shippingv1.QuoteRequest) (*shippingv1.QuoteResponse, error) {
	if err := validateQuote(request); err != nil {
		return nil, err
	}
	rate := rates.To(request.GetCountry())
	return &shippingv1.QuoteResponse{PriceCents: rate.PriceCents(request.GetUnits()), Carrier: rate.Carrier}, nil
}

// Arrange arranges the shipment of an order, or returns the one that it has.
func (s *Service) Arrange(ctx context.Context, request *shippingv1.ArrangeRequest) (*shippingv1.Shipment, error) {
	if err := validateArrange(request); err != nil {
		return nil, err
	}
	order := shipment.Order{
		ID:         request.GetOrderId(),
		CustomerID: request.GetCustomerId(),
		Country:    request.GetCountry(),
		Units:      request.GetUnits(),
		PriceCents: request.GetPriceCents(),
	}
	stored, err := s.shipments.Change(ctx, order.ID, func(current *shipment.Shipment) (shipment.Shipment, error) {
		return shipment.Arrange(current, order)
	})
	if err != nil {
		return nil, statusOf(err)
	}
	s.log.InfoContext(ctx, "arranged", "orderId", order.ID, "trackingNumber", stored.TrackingNumber)
	return message(stored), nil
}

// Cancel cancels the shipment of an order, or calls off one that was never arranged.
func (s *Service) Cancel(ctx context.Context, request *shippingv1.CancelRequest) (*shippingv1.Shipment, error) {
	if err := validateOrderID(request.GetOrderId()); err != nil {
		return nil, err
	}
	id := request.GetOrderId()
	stored, err := s.shipments.Change(ctx, id, func(current *shipment.Shipment) (shipment.Shipment, error) {
		return shipment.Cancel(current, id), nil
	})
	if err != nil {
		return nil, statusOf(err)
	}
	s.log.InfoContext(ctx, "cancelled", "orderId", id)
	return message(stored), nil
}

// Get returns the shipment of an order.
func (s *Service) Get(ctx context.Context, request *shippingv1.GetRequest) (*shippingv1.Shipment, error) {
	if err := validateOrderID(request.GetOrderId()); err != nil {
		return nil, err
	}
	stored, err := s.shipments.Get(ctx, request.GetOrderId())
	switch {
	case err != nil:
		return nil, statusOf(err)
	case stored == nil:
		return nil, status.Error(codes.NotFound, "nothing was asked for this order")
	default:
		return message(*stored), nil
	}
}
