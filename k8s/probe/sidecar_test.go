package main

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"
)

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func TestCompare(t *testing.T) {
	of := func(listener string, connections ...string) sockets {
		return sockets{listener: listener, connections: connections}
	}
	type step struct {
		at    time.Duration
		now   sockets
		isDue bool
	}
	for name, steps := range map[string][]step{
		"nothing changes": {{0, of("1", "7"), false}, {time.Hour, of("1", "7"), false}},
		"it begins afresh by itself": {
			{0, of("1", "7"), false}, {time.Minute, of("2", "8"), false}, {time.Hour, of("2", "8"), false},
		},
		"it is away, and another": {
			{0, of("1", "7"), false}, {time.Minute, of(""), false}, {2 * time.Minute, of("2", "8"), false},
			{time.Hour, of("2", "8"), false},
		},
		"it begins slowly": {{0, of("1"), false}, {5 * time.Second, of("1", "7"), false}, {time.Hour, of("1", "7"), false}},
		"it takes one more connection": {
			{0, of("1", "7"), false}, {time.Minute, of("1", "7", "8"), false}, {time.Hour, of("1", "7", "8"), false},
		},
		"it connects anew": {
			{0, of("1", "7"), false}, {time.Minute, of("1"), false}, {2 * time.Minute, of("1", "8"), false},
			{2*time.Minute + 9*time.Second, of("1", "8"), false}, {2*time.Minute + 10*time.Second, of("1", "8"), true},
		},
		"it connects anew between two looks": {
			{0, of("1", "7"), false}, {time.Minute, of("1", "8"), false}, {2 * time.Minute, of("1", "8"), true},
		},
		"it connects anew again and again": {
			{0, of("1", "7"), false}, {time.Minute, of("1", "8"), false}, {2 * time.Minute, of("1"), false},
			{3 * time.Minute, of("1", "9"), false},
			{3*time.Minute + 5*time.Second, of("1", "9"), false}, {4 * time.Minute, of("1", "9"), true},
		},
		"one of its connections is another one": {
			{0, of("1", "7", "8"), false}, {time.Minute, of("1", "7", "9"), false}, {2 * time.Minute, of("1", "7", "9"), true},
		},
		"its first connection was lost before anybody looked": {
			{0, of("1"), false}, {time.Minute, of("1", "8"), false}, {2 * time.Minute, of("1", "8"), true},
		},
	} {
		var known memory
		for _, each := range steps {
			next, isDue := compare(known, each.now, start.Add(each.at))
			if isDue != each.isDue {
				t.Errorf("%s: after %s it is due: %v; %v", name, each.at, isDue, next)
			}
			known = next
		}
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
	table, file := filepath.Join(folder, "tcp"), filepath.Join(folder, "memory")
	env := map[string]string{"DAPR_HTTP_PORT": port, "BROKER_PORT": "5672", "DAPR_API_TOKEN": "secret"}
	at := func(seconds int, connection string) error {
		write(t, table, head+line(local[1:], "0000", "0A", "11")+line("C002", "1628", "01", connection))
		known := func(name string) string { return env[name] }
		moment := start.Add(time.Duration(seconds) * time.Second)
		return freshSidecar(context.Background(), known, []string{table}, file, moment)
	}

	for seconds, connection := range []string{0: "14", 1: "14", 2: "15", 3: "15"} {
		if err := at(seconds, connection); err != nil || len(asked) != 0 {
			t.Fatalf("after %d s: %v %v", seconds, err, asked)
		}
	}
	refuses = true
	if err := at(20, "15"); err == nil {
		t.Error("a refusal is taken for success")
	}
	refuses = false
	for seconds := 21; seconds < 60; seconds += 10 {
		if err := at(seconds, "15"); err != nil {
			t.Error(err)
		}
	}
	shutdown := "POST /v1.0/shutdown secret"
	if !reflect.DeepEqual(asked, []string{shutdown, shutdown}) {
		t.Errorf("asked: %v", asked)
	}
}
