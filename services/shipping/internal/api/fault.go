package api

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"shop/shipping/internal/shipment"
	"shop/shipping/internal/state"
)

var codeOf = []struct {
	err  error
	code codes.Code
}{
	{shipment.ErrCancelled, codes.FailedPrecondition},
	{shipment.ErrDiffers, codes.AlreadyExists},
	{state.ErrUnavailable, codes.Unavailable},
	{state.ErrConflict, codes.Aborted},
	{context.Canceled, codes.Canceled},
	{context.DeadlineExceeded, codes.DeadlineExceeded},
}

// A fault is an error whose caller gets only the code and the text of what is known of it; the log gets all.
type fault struct {
	cause  error
	status *status.Status
}

func (f fault) Error() string              { return f.cause.Error() }
func (f fault) Unwrap() error              { return f.cause }
func (f fault) GRPCStatus() *status.Status { return f.status }

func statusOf(err error) error {
	for _, known := range codeOf {
		if errors.Is(err, known.err) {
			return fault{err, status.New(known.code, known.err.Error())}
		}
	}
	return fault{fmt.Errorf("unexpected: %w", err), status.New(codes.Internal, "internal error")}
}
