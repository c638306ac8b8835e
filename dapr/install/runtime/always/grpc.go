package main

import (
	_ "unsafe"

	"google.golang.org/grpc"
)

// Bytes that may be under way unread, for each call and each connection. Of itself gRPC measures the network to find
// them, up to sixteen times as many, with a ping at nearly every message: a tenth of a sidecar's time.
const window = 1 << 20

// Goroutines that stay for calls that come in: a new one for each call copies its stack as it grows, several times. Calls
// beyond these have one of their own.
const workers = 32

// The hooks that gRPC has for this, and keeps for https://pkg.go.dev/google.golang.org/grpc/gcp/observability. What Dapr
// sets itself wins.

//go:linkname addServerOptions google.golang.org/grpc/internal.AddGlobalServerOptions
var addServerOptions any

//go:linkname addDialOptions google.golang.org/grpc/internal.AddGlobalDialOptions
var addDialOptions any

func init() {
	addServerOptions.(func(...grpc.ServerOption))(
		grpc.NumStreamWorkers(workers),
		grpc.StaticStreamWindowSize(window),
		grpc.StaticConnWindowSize(window),
	)
	addDialOptions.(func(...grpc.DialOption))(
		grpc.WithStaticStreamWindowSize(window),
		grpc.WithStaticConnWindowSize(window),
	)
}
