package rpc

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"log/slog"
	"runtime/debug"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

const tokenHeader = "dapr-api-token"

// requireToken lets only the sidecar call. Nothing is required when the token is empty.
func requireToken(token string) grpc.UnaryServerInterceptor {
	wanted := sha256.Sum256([]byte(token))
	return func(ctx context.Context, request any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
		if token == "" || isProbe(info.FullMethod) {
			return next(ctx, request)
		}
		shown := metadata.ValueFromIncomingContext(ctx, tokenHeader)
		if len(shown) != 1 {
			return nil, status.Error(codes.Unauthenticated, "expected one "+tokenHeader)
		}
		// Hashes have one length: comparing them takes the same time whatever was shown.
		if hash := sha256.Sum256([]byte(shown[0])); subtle.ConstantTimeCompare(hash[:], wanted[:]) == 0 {
			return nil, status.Error(codes.Unauthenticated, "wrong "+tokenHeader)
		}
		return next(ctx, request)
	}
}

// recoverPanics keeps a fault in one call from ending the others.
func recoverPanics(log *slog.Logger) grpc.UnaryServerInterceptor {
	return func(
		ctx context.Context, request any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler,
	) (answer any, err error) {
		defer func() {
			if cause := recover(); cause != nil {
				log.ErrorContext(ctx, "panic", "method", info.FullMethod, "err", fmt.Sprint(cause), "stack", string(debug.Stack()))
				answer, err = nil, status.Error(codes.Internal, "internal error")
			}
		}()
		return next(ctx, request)
	}
}

// logFailures writes what this side is to blame for as an error, what something else is as a warning, and what a caller
// is for debugging.
func logFailures(log *slog.Logger) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, request any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
		answer, err := next(ctx, request)
		if err != nil && !isProbe(info.FullMethod) {
			code := status.Code(err)
			log.Log(ctx, levelOf(code), "call failed", "method", info.FullMethod, "code", code.String(), "err", err.Error())
		}
		return answer, err
	}
}

func levelOf(code codes.Code) slog.Level {
	switch code {
	case codes.Internal, codes.Unknown, codes.DataLoss:
		return slog.LevelError
	case codes.Unavailable, codes.Aborted, codes.DeadlineExceeded, codes.Unauthenticated:
		return slog.LevelWarn
	default:
		return slog.LevelDebug
	}
}
