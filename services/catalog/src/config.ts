import { baseConfig } from '@shop/chassis/config'
import { Type } from '@sinclair/typebox'

export const configSchema = Type.Composite([
  baseConfig,
  Type.Object({
    /** Folder with products.json and categories.json, read once when the catalogue is empty. */
    SEED_DIR: Type.Optional(Type.String()),
  }),
])
