// Package pooled is the shop's own, beside Dapr's packages.
package pooled

import (
	"io"
	"sync"
)

// As much as io.Copy takes.
const size = 32 << 10

var buffers = sync.Pool{New: func() any { return new([size]byte) }}

// Copy is io.Copy with a buffer that is used again: a new one is half of what a call between two services allocates. As
// the contract of io.Writer demands, dst must not keep it.
func Copy(dst io.Writer, src io.Reader) (int64, error) {
	buffer := buffers.Get().(*[size]byte)
	defer buffers.Put(buffer)
	return io.CopyBuffer(dst, src, buffer[:])
}
