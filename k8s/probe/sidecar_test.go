package main

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestCompare(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	of := func(listener string, connections ...string) sockets {
		return sockets{listener: listener, since: start, connections: connections}
	}
	none := sockets{}
	for name, each := range map[string]struct {
		before, now, next sockets
		isStale           bool
	}{
		"the first look":                          {none, of("1", "7"), of("1", "7"), false},
		"nothing has changed":                     {of("1", "7"), of("1", "7"), of("1", "7"), false},
		"the sidecar is away":                     {of("1", "7"), none, of("1", "7"), false},
		"it is another sidecar":                   {of("1", "7"), of("2", "8"), of("2", "8"), false},
		"it connects for the first time":          {of("1"), of("1", "7"), of("1", "7"), false},
		"its connection is lost":                  {of("1", "7"), of("1"), of("1", "7"), false},
		"it has connected anew":                   {of("1", "7"), of("1", "8"), of("1", "8"), true},
		"it has one more connection":              {of("1", "7"), of("1", "7", "8"), of("1", "7", "8"), false},
		"one of its connections is another one":   {of("1", "7", "8"), of("1", "7", "9"), of("1", "7", "9"), true},
		"it has no connection yet":                {of("1"), of("1"), of("1"), false},
		"it is another one without connections":   {of("1", "7"), of("2"), of("2"), false},
		"its connection is lost, and not another": {of("1", "7", "8"), of("1", "8"), of("1", "7", "8"), false},
	} {
		next, isStale := compare(each.before, each.now)
		if isStale != each.isStale || next.listener != each.next.listener || !next.since.Equal(each.next.since) ||
			strings.Join(next.connections, " ") != strings.Join(each.next.connections, " ") {
			t.Errorf("%s: %v %v", name, next, isStale)
		}
	}
	// the first one was lost before anybody looked
	late := of("1", "7")
	late.since = start.Add(time.Minute)
	if next, isStale := compare(of("1"), late); !isStale || !next.since.Equal(start) {
		t.Errorf("a late first connection: %v %v", next, isStale)
	}
}

const head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"

// line is one as Linux writes it, of loopback.
func line(local, remote, state, inode string) string {
	return "   0: 0100007F:" + local + " 0200000A:" + remote + " " + state +
		" 00000000:00000000 00:00000000 00000000 65532        0 " + inode + " 1 0000000000000000 100 0 0 10 0\n"
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestLook(t *testing.T) {
	table := filepath.Join(t.TempDir(), "tcp")
	// 3500 is 0DAC, 5672 is 1628
	write(t, table, head+
		line("0DAC", "0000", "0A", "11")+
		line("0DAD", "0000", "0A", "12")+
		line("0DAC", "C001", "01", "13")+
		line("C002", "1628", "01", "14")+
		line("C003", "1628", "06", "0")+
		line("1628", "C004", "01", "15"))
	found, err := look([]string{table, table + "6"}, "3500", "5672")
	if err != nil || !reflect.DeepEqual(found, sockets{listener: "11", connections: []string{"14"}}) {
		t.Errorf("%v %v", found, err)
	}
	if _, err := look([]string{table}, "3500", "amqp"); err == nil {
		t.Error("amqp is taken for a port")
	}
}

func TestFreshSidecar(t *testing.T) {
	var asked []string
	refuses := false
	sidecar := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
		asked = append(asked, request.Method+" "+request.URL.Path+" "+request.Header.Get("dapr-api-token"))
		if refuses {
			answer.WriteHeader(http.StatusInternalServerError)
			return
		}
		answer.WriteHeader(http.StatusNoContent)
	}))
	defer sidecar.Close()
	_, port, _ := net.SplitHostPort(sidecar.Listener.Addr().String())
	local, err := inHex(port)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	table, memory := filepath.Join(folder, "tcp"), filepath.Join(folder, "memory")
	env := map[string]string{"DAPR_HTTP_PORT": port, "BROKER_PORT": "5672", "DAPR_API_TOKEN": "secret"}
	at := func(connection string) error {
		write(t, table, head+line(local[1:], "0000", "0A", "11")+line("C002", "1628", "01", connection))
		return freshSidecar(context.Background(), func(name string) string { return env[name] }, []string{table}, memory)
	}

	for _, connection := range []string{"14", "14"} {
		if err := at(connection); err != nil || len(asked) != 0 {
			t.Fatalf("%v %v", err, asked)
		}
	}
	refuses = true
	if err := at("15"); err == nil {
		t.Error("a refusal is taken for success")
	}
	refuses = false
	for range 2 {
		if err := at("15"); err != nil {
			t.Error(err)
		}
	}
	shutdown := "POST /v1.0/shutdown secret"
	if !reflect.DeepEqual(asked, []string{shutdown, shutdown}) {
		t.Errorf("asked: %v", asked)
	}
}
