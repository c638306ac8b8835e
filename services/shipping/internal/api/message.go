package api

import (
	"shop/shipping/gen/shippingv1"
	"shop/shipping/internal/shipment"
)

var statusNumbers = map[shipment.Status]shippingv1.Status{
	shipment.Arranged:  shippingv1.Status_STATUS_ARRANGED,
	shipment.Cancelled: shippingv1.Status_STATUS_CANCELLED,
}

func message(stored shipment.Shipment) *shippingv1.Shipment {
	return &shippingv1.Shipment{
		OrderId:        stored.ID,
		TrackingNumber: stored.TrackingNumber,
		Carrier:        stored.Carrier,
		Country:        stored.Country,
		Units:          stored.Units,
		PriceCents:     stored.PriceCents,
		Status:         statusNumbers[stored.Status],
	}
}
