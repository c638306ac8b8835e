package api

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"shop/shipping/gen/shippingv1"
	"shop/shipping/internal/rates"
)

// The rules that shipping.proto states in its comments.
const (
	maxCustomerID = 40
	maxCountry    = 60
)

var uuid = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

type violations []*errdetails.BadRequest_FieldViolation

func validateQuote(request *shippingv1.QuoteRequest) error {
	var found violations
	found.checkCountry(request.GetCountry())
	found.checkUnits(request.GetUnits())
	return found.err()
}

func validateArrange(request *shippingv1.ArrangeRequest) error {
	var found violations
	found.checkOrderID(request.GetOrderId())
	if length := utf8.RuneCountInString(request.GetCustomerId()); length < 1 || length > maxCustomerID {
		found.add("customer_id", fmt.Sprintf("must have 1 to %d characters", maxCustomerID))
	}
	found.checkCountry(request.GetCountry())
	found.checkUnits(request.GetUnits())
	return found.err()
}

func validateOrderID(id string) error {
	var found violations
	found.checkOrderID(id)
	return found.err()
}

func (v *violations) checkOrderID(id string) {
	if !uuid.MatchString(id) {
		v.add("order_id", "must be a UUID in lower case")
	}
}

func (v *violations) checkCountry(country string) {
	if utf8.RuneCountInString(country) > maxCountry {
		v.add("country", fmt.Sprintf("must have at most %d characters", maxCountry))
	}
}

func (v *violations) checkUnits(units uint32) {
	if units < 1 || units > rates.MaxUnits {
		v.add("units", fmt.Sprintf("must be 1 to %d", rates.MaxUnits))
	}
}

func (v *violations) add(field, description string) {
	*v = append(*v, &errdetails.BadRequest_FieldViolation{Field: field, Description: description})
}

// err names every field at fault, in its text and in a google.rpc.BadRequest; nil when there is none.
func (v violations) err() error {
	if len(v) == 0 {
		return nil
	}
	texts := make([]string, len(v))
	for i, violation := range v {
		texts[i] = violation.GetField() + " " + violation.GetDescription()
	}
	invalid := status.New(codes.InvalidArgument, strings.Join(texts, "; "))
	detailed, err := invalid.WithDetails(&errdetails.BadRequest{FieldViolations: v})
	if err != nil {
		return invalid.Err()
	}
	return detailed.Err()
}
