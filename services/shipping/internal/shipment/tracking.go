package shipment

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"
)

// trackingNumber follows from the order, so that whoever arranges it first makes no difference: the carrier's initials
// and 60 bits of a hash, as in FS-7KQ2M5XWAB3C.
func trackingNumber(carrier, orderID string) string {
	var initials strings.Builder
	for word := range strings.FieldsSeq(carrier) {
		initials.WriteByte(word[0])
	}
	hash := sha256.Sum256([]byte(orderID))
	return initials.String() + "-" + base32.StdEncoding.EncodeToString(hash[:])[:12]
}
