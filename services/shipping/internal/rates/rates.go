// Package rates has the price list: what sending an order costs, and who carries it.
package rates

import "strings"

// MaxUnits is the most that one shipment can have. No price of so many is too large for 32 bits.
const MaxUnits = 1_000_000

// The carriers of Northwind.
const (
	SpeedyExpress   = "Speedy Express"
	UnitedPackage   = "United Package"
	FederalShipping = "Federal Shipping"
)

// Rate is what a zone costs, in US dollar cents.
type Rate struct {
	Carrier string
	base    uint32
	perUnit uint32
}

// Northwind sends everything from the west coast of the USA.
var (
	domestic     = Rate{FederalShipping, 900, 20}
	neighbours   = Rate{FederalShipping, 1400, 30}
	europe       = Rate{UnitedPackage, 2200, 45}
	southAmerica = Rate{SpeedyExpress, 2600, 55}
	elsewhere    = Rate{SpeedyExpress, 3500, 80}
)

var rateOf = map[string]Rate{
	"usa": domestic,

	"canada": neighbours,
	"mexico": neighbours,

	"austria":     europe,
	"belgium":     europe,
	"denmark":     europe,
	"finland":     europe,
	"france":      europe,
	"germany":     europe,
	"ireland":     europe,
	"italy":       europe,
	"norway":      europe,
	"poland":      europe,
	"portugal":    europe,
	"spain":       europe,
	"sweden":      europe,
	"switzerland": europe,
	"uk":          europe,

	"argentina": southAmerica,
	"brazil":    southAmerica,
	"venezuela": southAmerica,
}

// To returns the rate of a country, named in English as Northwind names it, in any case. A country that is not known,
// or empty, has the dearest one.
func To(country string) Rate {
	if rate, known := rateOf[strings.ToLower(strings.TrimSpace(country))]; known {
		return rate
	}
	return elsewhere
}

// PriceCents returns the price of so many units, at most MaxUnits.
func (r Rate) PriceCents(units uint32) uint32 {
	return r.base + r.perUnit*units
}
