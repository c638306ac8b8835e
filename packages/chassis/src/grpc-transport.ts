import type { Interceptor, Transport } from '@connectrpc/connect'
import { createGrpcTransport } from '@connectrpc/connect-node'
import { injectTrace } from './trace-context.ts'

export interface GrpcTransportOptions {
  /** The app that is called. */
  appId: string
  /** gRPC port of the own sidecar. */
  port: number
  /** What the sidecar asks for. */
  apiToken: string | undefined
}

/**
 * For a Connect client of another app: over gRPC through the sidecars of both, with the active trace.
 * Source: https://docs.dapr.io/developing-applications/building-blocks/service-invocation/howto-invoke-services-grpc/
 */
export function grpcTransport({ appId, port, apiToken }: GrpcTransportOptions): Transport {
  const address: Interceptor = next => request => {
    request.header.set('dapr-app-id', appId)
    if (apiToken) request.header.set('dapr-api-token', apiToken)
    injectTrace(request.header)
    return next(request)
  }
  return createGrpcTransport({ baseUrl: `http://127.0.0.1:${port}`, interceptors: [address] })
}
