package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
)

// sockets are what is seen of a sidecar from another container of its pod: they share their network, and each socket has
// a number of its own for as long as it lives.
type sockets struct {
	// Where daprd listens for its app: another one, another daprd. Empty while it is away.
	listener string
	// The connections to the broker.
	connections []string
}

// freshSidecar ends a sidecar that has connected to its broker anew; the kubelet begins it again. Its subscriptions could
// be deaf for good: https://github.com/dapr/components-contrib/issues/4540. daprd tells a reconnect nowhere but in its
// log, so the sockets are compared with those of the last time, which no reconnect in between escapes.
func freshSidecar(ctx context.Context, env func(string) string, tables []string, memory string) error {
	now, err := look(tables, env("DAPR_HTTP_PORT"), env("BROKER_PORT"))
	if err != nil {
		return err
	}
	next, isStale := compare(remembered(memory), now)
	if isStale {
		if err := endSidecar(ctx, net.JoinHostPort("127.0.0.1", env("DAPR_HTTP_PORT")), env("DAPR_API_TOKEN")); err != nil {
			return err
		}
	}
	text := strings.Join(append([]string{next.listener}, next.connections...), "\n")
	return os.WriteFile(memory, []byte(text), 0o600)
}

// compare says what to remember, and whether the same sidecar has a connection in the place of another.
func compare(before, now sockets) (next sockets, isStale bool) {
	if now.listener == "" {
		return before, false
	}
	if now.listener != before.listener {
		return now, false
	}
	isNew := func(connection string) bool { return !slices.Contains(before.connections, connection) }
	isGone := func(connection string) bool { return !slices.Contains(now.connections, connection) }
	if !slices.ContainsFunc(now.connections, isNew) {
		// one that is gone is kept in mind until there is another
		return before, false
	}
	return now, slices.ContainsFunc(before.connections, isGone)
}

func remembered(memory string) sockets {
	// without a file there is nothing to compare with
	text, _ := os.ReadFile(memory)
	lines := strings.Split(string(text), "\n")
	return sockets{listener: lines[0], connections: lines[1:]}
}

// Columns and states of /proc/net/tcp: https://docs.kernel.org/networking/proc_net_tcp.html
const (
	localColumn, remoteColumn, stateColumn, inodeColumn = 1, 2, 3, 9

	established, listening = "01", "0A"
)

func look(tables []string, sidecarPort, brokerPort string) (sockets, error) {
	sidecar, err := inHex(sidecarPort)
	if err != nil {
		return sockets{}, fmt.Errorf("DAPR_HTTP_PORT: %w", err)
	}
	broker, err := inHex(brokerPort)
	if err != nil {
		return sockets{}, fmt.Errorf("BROKER_PORT: %w", err)
	}
	var found sockets
	for _, table := range tables {
		text, err := os.ReadFile(table)
		// a system without IPv6 has no table of it
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return sockets{}, err
		}
		for line := range strings.Lines(string(text)) {
			columns := strings.Fields(line)
			if len(columns) <= inodeColumn {
				continue
			}
			switch {
			case columns[stateColumn] == listening && strings.HasSuffix(columns[localColumn], sidecar):
				found.listener = max(found.listener, columns[inodeColumn])
			case columns[stateColumn] == established && strings.HasSuffix(columns[remoteColumn], broker):
				found.connections = append(found.connections, columns[inodeColumn])
			}
		}
	}
	return found, nil
}

// inHex is how a port ends an address of the tables.
func inHex(port string) (string, error) {
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf(":%04X", number), nil
}

// endSidecar lets daprd finish what it has, within its graceful-shutdown-seconds. https://docs.dapr.io/reference/api/health_api/
func endSidecar(ctx context.Context, address, token string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+"/v1.0/shutdown", nil)
	if err != nil {
		return err
	}
	request.Header.Set("dapr-api-token", token)
	answer, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(request)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode >= 300 {
		return fmt.Errorf("the sidecar answers its shutdown with %s", answer.Status)
	}
	return nil
}
