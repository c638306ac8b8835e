// Package state keeps shipments in the Dapr state store `shipments`, by the HTTP API of the own sidecar.
// Source: https://docs.dapr.io/reference/api/state_api/
package state

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
)

var (
	// ErrConflict means that somebody else has written in the meantime.
	ErrConflict = errors.New("written by somebody else in the meantime")
	// ErrUnavailable means that the sidecar, or the store behind it, does not answer as it should.
	ErrUnavailable = errors.New("the state store is not available")
)

const (
	storeName = "shipments"
	// Longest time for one call of the sidecar.
	callTimeout = 5 * time.Second
	// Largest answer that is read: a shipment is some hundred bytes.
	maxAnswer = 64 << 10
)

// Client calls the state API of a sidecar. It is safe for concurrent use.
type Client struct {
	storeURL string
	token    string
	http     *http.Client
}

// NewClient returns a client of the sidecar at that base address, which asks for the token unless it is empty.
func NewClient(sidecar, token string) *Client {
	return &Client{
		storeURL: sidecar + "/v1.0/state/" + storeName,
		token:    token,
		http: &http.Client{
			Timeout: callTimeout,
			// No proxy: the sidecar is on this machine.
			Transport: &http.Transport{
				DialContext:         (&net.Dialer{Timeout: time.Second}).DialContext,
				MaxIdleConnsPerHost: 64,
				IdleConnTimeout:     90 * time.Second,
			},
		},
	}
}

// load decodes what is stored into value. The ETag is empty when nothing is.
func (c *Client) load(ctx context.Context, key string, value any) (etag string, err error) {
	answer, err := c.call(ctx, http.MethodGet, c.storeURL+"/"+url.PathEscape(key)+"?consistency=strong", nil)
	if err != nil {
		return "", err
	}
	switch {
	case answer.status == http.StatusNoContent:
		return "", nil
	case answer.status != http.StatusOK:
		return "", answer.fault()
	case answer.etag == "":
		return "", errors.New("the sidecar answered a state without an ETag")
	}
	if err := json.Unmarshal(answer.body, value); err != nil {
		return "", fmt.Errorf("stored under %s: %w", key, err)
	}
	return answer.etag, nil
}

type saveRequest struct {
	Key     string      `json:"key"`
	Value   any         `json:"value"`
	ETag    *string     `json:"etag,omitempty"`
	Options saveOptions `json:"options"`
}

type saveOptions struct {
	Concurrency string `json:"concurrency"`
	Consistency string `json:"consistency"`
}

// save stores value in place of what had the ETag or, when that is empty, only where nothing is stored.
// It returns ErrConflict when something else is stored.
func (c *Client) save(ctx context.Context, key string, value any, etag string) error {
	request := saveRequest{Key: key, Value: value, Options: saveOptions{"first-write", "strong"}}
	if etag != "" {
		request.ETag = &etag
	}
	body, err := json.Marshal([]saveRequest{request})
	if err != nil {
		return err
	}
	answer, err := c.call(ctx, http.MethodPost, c.storeURL, body)
	switch {
	case err != nil:
		return err
	case answer.status == http.StatusConflict:
		return ErrConflict
	case answer.status != http.StatusNoContent:
		return answer.fault()
	default:
		return nil
	}
}

type answer struct {
	status int
	etag   string
	body   []byte
}

func (c *Client) call(ctx context.Context, method, url string, body []byte) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		request.Header.Set("dapr-api-token", c.token)
	}
	otel.GetTextMapPropagator().Inject(ctx, propagation.HeaderCarrier(request.Header))
	response, err := c.http.Do(request)
	if err != nil {
		return answer{}, unlessCallerEnded(ctx, err)
	}
	defer response.Body.Close()
	read, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return answer{}, unlessCallerEnded(ctx, err)
	}
	return answer{response.StatusCode, response.Header.Get("ETag"), read}, nil
}

// unlessCallerEnded tells a caller that went away, or whose time is up, from a sidecar that does.
func unlessCallerEnded(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}

// fault is for the log: what daprd says may name what no caller should see.
func (a answer) fault() error {
	err := fmt.Errorf("the sidecar answered %d: %.500s", a.status, a.body)
	if a.status >= 500 || a.status == http.StatusTooManyRequests {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return err
}
