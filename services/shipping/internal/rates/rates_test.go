package rates_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"testing"

	"shop/shipping/internal/rates"
)

func TestPrices(t *testing.T) {
	tests := []struct {
		country string
		units   uint32
		cents   uint32
		carrier string
	}{
		{"USA", 1, 920, rates.FederalShipping},
		{"USA", 100, 2900, rates.FederalShipping},
		{"Canada", 10, 1700, rates.FederalShipping},
		{"Germany", 10, 2650, rates.UnitedPackage},
		{" gerMany ", 10, 2650, rates.UnitedPackage},
		{"Brazil", 10, 3150, rates.SpeedyExpress},
		{"Atlantis", 10, 4300, rates.SpeedyExpress},
		{"", 10, 4300, rates.SpeedyExpress},
		{"", rates.MaxUnits, 80_003_500, rates.SpeedyExpress},
	}
	for _, test := range tests {
		rate := rates.To(test.country)
		if cents := rate.PriceCents(test.units); cents != test.cents || rate.Carrier != test.carrier {
			t.Errorf("%d units to %q: got %d cents by %s, want %d by %s",
				test.units, test.country, cents, rate.Carrier, test.cents, test.carrier)
		}
	}
}

func TestEveryCountryOfNorthwindIsCheaperThanAnUnknownOne(t *testing.T) {
	for _, country := range northwindCountries(t) {
		for _, units := range []uint32{1, 62, rates.MaxUnits} {
			if known, unknown := rates.To(country).PriceCents(units), rates.To("").PriceCents(units); known >= unknown {
				t.Errorf("%d units to %s: %d cents, to an unknown country %d", units, country, known, unknown)
			}
		}
	}
}

// northwindCountries skips the test where the folder stands alone.
func northwindCountries(t *testing.T) []string {
	t.Helper()
	file, err := os.Open("../../../../data/northwind/orders.ndjson")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("needs data/northwind")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var countries []string
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var order struct{ ShipCountry string }
		if err := json.Unmarshal(lines.Bytes(), &order); err != nil {
			t.Fatal(err)
		}
		countries = append(countries, order.ShipCountry)
	}
	if len(countries) != 830 {
		t.Fatalf("read %d orders, want 830", len(countries))
	}
	return countries
}
