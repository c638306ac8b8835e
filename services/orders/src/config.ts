import { baseConfig } from '@shop/chassis/config'
import { Type } from '@sinclair/typebox'

export const configSchema = Type.Composite([
  baseConfig,
  Type.Object({
    /** The sidecar's gRPC port: for workflows, and for calls to services that speak gRPC. */
    DAPR_GRPC_PORT: Type.Integer({ minimum: 1, maximum: 65_535 }),
    /** What shipping costs while the shipping service does not answer, in cents. */
    FLAT_SHIPPING_CENTS: Type.Integer({ minimum: 0, default: 1_500 }),
  }),
])
