import { baseConfig } from '@shop/chassis/config'
import { Type } from '@sinclair/typebox'

export const configSchema = Type.Composite([
  baseConfig,
  Type.Object({
    /** Folder with products.json, read once when there is no stock yet. */
    SEED_DIR: Type.Optional(Type.String()),
    /** How long units are kept for an order that is not confirmed. */
    RESERVATION_SECONDS: Type.Integer({ minimum: 1, default: 900 }),
  }),
])
