import { baseConfig } from '@shop/chassis/config'
import { Type } from '@sinclair/typebox'

export const configSchema = Type.Composite([
  baseConfig,
  Type.Object({
    /** The sidecar's gRPC port: for calls to services that speak gRPC. */
    DAPR_GRPC_PORT: Type.Integer({ minimum: 1, maximum: 65_535 }),
  }),
])
