package main

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func envOf(address, protocol string) func(string) string {
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(address, "http://"))
	return func(name string) string { return map[string]string{"APP_PORT": port, "APP_PROTOCOL": protocol}[name] }
}

func check(t *testing.T, env func(string) string, alive, ready bool) {
	t.Helper()
	for question, wanted := range map[string]bool{"alive": alive, "ready": ready} {
		if err := run([]string{question}, env); (err == nil) != wanted {
			t.Errorf("%s: want %v, got %v", question, wanted, err)
		}
	}
}

func TestHTTP(t *testing.T) {
	for status, ready := range map[int]bool{200: true, 204: true, 503: false, 401: false} {
		server := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
			if request.URL.Path != "/healthz" {
				t.Errorf("asked for %s", request.URL.Path)
			}
			answer.WriteHeader(status)
		}))
		check(t, envOf(server.URL, "http"), true, ready)
		check(t, envOf(server.URL, ""), true, ready)
		server.Close()
	}
}

func TestGRPC(t *testing.T) {
	cases := map[string]struct {
		message []byte
		status  string
		ready   bool
	}{
		"serving":       {serving, "0", true},
		"not serving":   {[]byte{0, 0, 0, 0, 2, 0x08, 2}, "0", false},
		"unknown":       {everything, "0", false},
		"no such thing": {nil, "12", false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
				if request.ProtoMajor != 2 || request.URL.Path != "/grpc.health.v1.Health/Check" {
					t.Errorf("asked for %s by %s", request.URL.Path, request.Proto)
				}
				answer.Header().Set("Content-Type", "application/grpc")
				_, _ = answer.Write(c.message)
				answer.Header().Set(http.TrailerPrefix+"Grpc-Status", c.status)
			}))
			server.Config.Protocols = new(http.Protocols)
			server.Config.Protocols.SetUnencryptedHTTP2(true)
			server.Start()
			defer server.Close()
			check(t, envOf(server.URL, "grpc"), true, c.ready)
		})
	}
}

func TestNobodyThere(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	check(t, envOf(address, "http"), false, false)
	check(t, envOf(address, "grpc"), false, false)
}

func TestSilence(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	if err := run([]string{"alive"}, envOf(listener.Addr().String(), "http")); err == nil {
		t.Error("a listener that never answers counts as alive")
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{nil, {"well"}, {"alive", "ready"}} {
		if err := run(args, envOf("http://127.0.0.1:1", "")); err == nil || !strings.Contains(err.Error(), "usage") {
			t.Errorf("%q: %v", args, err)
		}
	}
	if err := run([]string{"alive"}, func(string) string { return "" }); err == nil || !strings.Contains(err.Error(), "APP_PORT") {
		t.Errorf("without a port: %v", err)
	}
}
