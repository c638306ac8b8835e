// Probe asks the app of its own pod how it is: `probe alive` whether it answers at all, `probe ready` whether it takes
// work. It ends with 0 for yes. An image has it at /probe, since the kubelet does not reach an app that listens on
// loopback, and an image without a shell has nothing else to ask with.
//
// APP_PORT says where the app is; APP_PROTOCOL, which Dapr's injector sets, whether it speaks http (default) or grpc.
// With BROKER_PORT, it also sees to it that the sidecar begins afresh once it has connected to the broker anew.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"
)

const patience = 2 * time.Second

func main() {
	if err := run(os.Args[1:], os.Getenv); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string, env func(string) string) error {
	if len(args) != 1 || (args[0] != "alive" && args[0] != "ready") {
		return errors.New("usage: probe alive|ready")
	}
	port := env("APP_PORT")
	if port == "" {
		return errors.New("APP_PORT is missing")
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if env("BROKER_PORT") != "" {
		// whatever comes of it says nothing of the app
		tables := []string{"/proc/net/tcp", "/proc/net/tcp6"}
		if err := freshSidecar(ctx, env, tables, "/tmp/sidecar-sockets", time.Now()); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	ask := askHTTP
	if env("APP_PROTOCOL") == "grpc" {
		ask = askGRPC
	}
	ready, err := ask(ctx, net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		return err
	}
	if !ready && args[0] == "ready" {
		return errors.New("not ready")
	}
	return nil
}

// askHTTP has an error when there is no answer.
func askHTTP(ctx context.Context, address string) (bool, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/healthz", nil)
	if err != nil {
		return false, err
	}
	answer, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(request)
	if err != nil {
		return false, err
	}
	defer func() { _ = answer.Body.Close() }()
	return answer.StatusCode >= 200 && answer.StatusCode < 300, nil
}

var (
	// A message without fields: five bytes that say that it is not compressed, and has none.
	everything = []byte{0, 0, 0, 0, 0}
	// The first field, `status`, with SERVING.
	serving = []byte{0, 0, 0, 0, 2, 0x08, 1}
)

// askGRPC is a call of grpc.health.v1.Health/Check, written out so that the program stays small.
// Source: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
func askGRPC(ctx context.Context, address string) (bool, error) {
	url := "http://" + address + "/grpc.health.v1.Health/Check"
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(everything))
	if err != nil {
		return false, err
	}
	request.Header.Set("Content-Type", "application/grpc")
	request.Header.Set("TE", "trailers")
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	answer, err := (&http.Transport{Protocols: protocols}).RoundTrip(request)
	if err != nil {
		return false, err
	}
	defer func() { _ = answer.Body.Close() }()
	message, err := io.ReadAll(io.LimitReader(answer.Body, 1024))
	if err != nil {
		return false, err
	}
	status := answer.Trailer.Get("Grpc-Status")
	if status == "" {
		// of an answer without a message it is among the headers
		status = answer.Header.Get("Grpc-Status")
	}
	return status == "0" && bytes.Equal(message, serving), nil
}
