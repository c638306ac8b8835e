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
	"time"
)

// sockets are what is seen of a sidecar from another container of its pod: they share their network, and each socket
// has a number of its own for as long as it lives.
type sockets struct {
	// Where daprd listens for its app: another one, another daprd. Empty while it is away.
	listener string
	// The connections to the broker.
	connections []string
}

// memory is what probes of a pod know from one to the next.
type memory struct {
	sockets
	// When this daprd was first seen.
	since time.Time
	// When it was last seen to have connected anew; zero: it has not.
	anew time.Time
}

const (
	// startsWithin is how long a new daprd may take for its first connection. Without the broker it would not have begun,
	// so one that comes later is another than the first.
	startsWithin = 15 * time.Second
	// lasts is how long a connection has to be there before its daprd begins afresh: Kubernetes waits longer each time
	// that it has to begin a container again, and a broker that dies several times in a row is to cost one of them.
	lasts = 10 * time.Second
)

// freshSidecar ends a sidecar that has connected to its broker anew; the kubelet begins it again. Its subscriptions
// could be deaf for good: https://github.com/dapr/components-contrib/issues/4540. daprd tells a reconnect nowhere but in
// its log, so the sockets are compared with those of the last time, which no reconnect in between escapes.
func freshSidecar(ctx context.Context, env func(string) string, tables []string, file string, at time.Time) error {
	now, err := look(tables, env("DAPR_HTTP_PORT"), env("BROKER_PORT"))
	if err != nil {
		return err
	}
	next, isDue := compare(read(file), now, at)
	if isDue {
		if err := endSidecar(ctx, net.JoinHostPort("127.0.0.1", env("DAPR_HTTP_PORT")), env("DAPR_API_TOKEN")); err != nil {
			return err
		}
		next.anew = time.Time{}
	}
	return next.write(file)
}

// compare says what to remember, and whether the sidecar is to begin afresh.
func compare(before memory, now sockets, at time.Time) (next memory, isDue bool) {
	if now.listener == "" {
		return before, false
	}
	if now.listener != before.listener {
		return memory{sockets: now, since: at}, false
	}
	isNew := func(connection string) bool { return !slices.Contains(before.connections, connection) }
	isGone := func(connection string) bool { return !slices.Contains(now.connections, connection) }
	isOneGone := slices.ContainsFunc(before.connections, isGone)
	if !slices.ContainsFunc(now.connections, isNew) {
		// one that is gone is kept in mind until there is another
		return before, !before.anew.IsZero() && !isOneGone && at.Sub(before.anew) >= lasts
	}
	next = before
	next.connections = now.connections
	isLate := len(before.connections) == 0 && at.Sub(before.since) > startsWithin
	if isOneGone || isLate {
		next.anew = at
	}
	return next, false
}

// read is the zero memory without a file: there is nothing to compare with.
func read(file string) memory {
	text, _ := os.ReadFile(file)
	lines := strings.Split(string(text), "\n")
	if len(lines) < 3 {
		return memory{}
	}
	since, _ := time.Parse(time.RFC3339Nano, lines[1])
	anew, _ := time.Parse(time.RFC3339Nano, lines[2])
	return memory{sockets{lines[0], lines[3:]}, since, anew}
}

// write replaces the file at once: two probes of a pod can run at the same time.
func (m memory) write(file string) error {
	since, anew := m.since.Format(time.RFC3339Nano), m.anew.Format(time.RFC3339Nano)
	lines := append([]string{m.listener, since, anew}, m.connections...)
	draft := fmt.Sprintf("%s.%d", file, os.Getpid())
	if err := os.WriteFile(draft, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		return err
	}
	return os.Rename(draft, file)
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

// endSidecar lets daprd finish what it has, within its graceful-shutdown-seconds.
// https://github.com/dapr/dapr/blob/v1.18.2/pkg/api/http/shutdown.go
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
