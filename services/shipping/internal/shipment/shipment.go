// Package shipment decides what becomes of an order's shipment. It is pure: what is stored comes in, what is to be
// stored goes out.
package shipment

import (
	"errors"

	"shop/shipping/internal/rates"
)

// Status of a shipment. Once cancelled, it stays so.
type Status string

const (
	Arranged  Status = "arranged"
	Cancelled Status = "cancelled"
)

var (
	// ErrCancelled means that the order's shipment was cancelled, or called off before it was arranged.
	ErrCancelled = errors.New("the shipment of this order was cancelled")
	// ErrDiffers means that the order's shipment was arranged with another customer, country, price or number of units.
	ErrDiffers = errors.New("the shipment of this order was arranged with other content")
)

// Order is what is to be sent.
type Order struct {
	ID         string `json:"orderId"`
	CustomerID string `json:"customerId,omitempty"`
	Country    string `json:"country,omitempty"`
	Units      uint32 `json:"units"`
	PriceCents uint32 `json:"priceCents"`
}

// Shipment of an order, as it is stored. One that was called off before it was arranged has only the order's id.
type Shipment struct {
	Order
	Status         Status `json:"status"`
	Carrier        string `json:"carrier,omitempty"`
	TrackingNumber string `json:"trackingNumber,omitempty"`
}

// Arrange returns what the order's shipment becomes; current is nil when nothing was asked for it before. The same
// order again leaves it as it is.
func Arrange(current *Shipment, order Order) (Shipment, error) {
	switch {
	case current == nil:
		carrier := rates.To(order.Country).Carrier
		return Shipment{Order: order, Status: Arranged, Carrier: carrier, TrackingNumber: trackingNumber(carrier, order.ID)}, nil
	case current.Status == Cancelled:
		return Shipment{}, ErrCancelled
	case current.Order != order:
		return Shipment{}, ErrDiffers
	default:
		return *current, nil
	}
}

// Cancel returns what the shipment becomes; current is nil when nothing was asked for it before, and what is returned
// then keeps it from being arranged later.
func Cancel(current *Shipment, orderID string) Shipment {
	if current == nil {
		return Shipment{Order: Order{ID: orderID}, Status: Cancelled}
	}
	cancelled := *current
	cancelled.Status = Cancelled
	return cancelled
}
