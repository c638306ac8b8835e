package state

import (
	"context"
	"errors"

	"shop/shipping/internal/shipment"
)

// A shipment changes at most twice, so whoever loses twice finds it as it stays. The rest is for stores that also tell
// of a conflict where they are only busy.
const maxTries = 5

// Get returns the shipment of an order, nil when nothing was asked for it.
func (c *Client) Get(ctx context.Context, orderID string) (*shipment.Shipment, error) {
	current, _, err := c.get(ctx, orderID)
	return current, err
}

// Change stores what decide makes of the order's shipment, of which it gets nil when there is none, and returns it.
// Of several changes at once one wins; decide is called again for the others, with what the winner has stored.
// What is decided to stay as it is, is not written. It returns the error of decide, or ErrConflict when others won
// every time.
func (c *Client) Change(
	ctx context.Context,
	orderID string,
	decide func(current *shipment.Shipment) (shipment.Shipment, error),
) (shipment.Shipment, error) {
	for try := 1; ; try++ {
		current, etag, err := c.get(ctx, orderID)
		if err != nil {
			return shipment.Shipment{}, err
		}
		next, err := decide(current)
		if err != nil {
			return shipment.Shipment{}, err
		}
		if current != nil && *current == next {
			return next, nil
		}
		err = c.save(ctx, orderID, next, etag)
		if err == nil {
			return next, nil
		}
		if !errors.Is(err, ErrConflict) || try == maxTries {
			return shipment.Shipment{}, err
		}
	}
}

func (c *Client) get(ctx context.Context, orderID string) (*shipment.Shipment, string, error) {
	var stored shipment.Shipment
	etag, err := c.load(ctx, orderID, &stored)
	if err != nil || etag == "" {
		return nil, "", err
	}
	return &stored, etag, nil
}
