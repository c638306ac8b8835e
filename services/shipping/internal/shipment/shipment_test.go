package shipment_test

import (
	"errors"
	"regexp"
	"testing"

	"shop/shipping/internal/rates"
	"shop/shipping/internal/shipment"
)

var order = shipment.Order{
	ID: "0198c0de-0000-7000-8000-000000000001", CustomerID: "VINET", Country: "France", Units: 27, PriceCents: 3415,
}

func arranged(t *testing.T) shipment.Shipment {
	t.Helper()
	first, err := shipment.Arrange(nil, order)
	if err != nil {
		t.Fatal(err)
	}
	return first
}

func TestArrange(t *testing.T) {
	got := arranged(t)
	if got.Order != order || got.Status != shipment.Arranged || got.Carrier != rates.UnitedPackage {
		t.Errorf("got %+v", got)
	}
	if !regexp.MustCompile(`^UP-[A-Z2-7]{12}$`).MatchString(got.TrackingNumber) {
		t.Errorf("tracking number %q", got.TrackingNumber)
	}
	another := order
	another.ID = "0198c0de-0000-7000-8000-000000000002"
	if other, _ := shipment.Arrange(nil, another); other.TrackingNumber == got.TrackingNumber {
		t.Error("two orders have one tracking number")
	}
}

func TestArrangeAgain(t *testing.T) {
	first := arranged(t)
	cancelled := shipment.Cancel(&first, order.ID)
	calledOff := shipment.Cancel(nil, order.ID)
	changed := func(change func(*shipment.Order)) shipment.Order {
		other := order
		change(&other)
		return other
	}
	tests := []struct {
		name    string
		current shipment.Shipment
		order   shipment.Order
		err     error
	}{
		{"the same", first, order, nil},
		{"another customer", first, changed(func(o *shipment.Order) { o.CustomerID = "TOMSP" }), shipment.ErrDiffers},
		{"another country", first, changed(func(o *shipment.Order) { o.Country = "Germany" }), shipment.ErrDiffers},
		{"other units", first, changed(func(o *shipment.Order) { o.Units = 28 }), shipment.ErrDiffers},
		{"another price", first, changed(func(o *shipment.Order) { o.PriceCents = 1 }), shipment.ErrDiffers},
		{"cancelled", cancelled, order, shipment.ErrCancelled},
		{"called off", calledOff, order, shipment.ErrCancelled},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := shipment.Arrange(&test.current, test.order)
			if !errors.Is(err, test.err) {
				t.Fatalf("got error %v, want %v", err, test.err)
			}
			if err == nil && got != test.current {
				t.Errorf("got %+v, want it unchanged", got)
			}
		})
	}
}

func TestCancel(t *testing.T) {
	first := arranged(t)
	cancelled := first
	cancelled.Status = shipment.Cancelled
	calledOff := shipment.Shipment{Order: shipment.Order{ID: order.ID}, Status: shipment.Cancelled}
	tests := []struct {
		name    string
		current *shipment.Shipment
		want    shipment.Shipment
	}{
		{"arranged keeps what was arranged", &first, cancelled},
		{"never arranged is called off", nil, calledOff},
		{"cancelled stays", &cancelled, cancelled},
		{"called off stays", &calledOff, calledOff},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := shipment.Cancel(test.current, order.ID); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
	if first.Status != shipment.Arranged {
		t.Error("what came in was changed")
	}
}
