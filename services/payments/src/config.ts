import { baseConfig } from '@shop/chassis/config'
import { Type } from '@sinclair/typebox'

export const configSchema = Type.Composite([
  baseConfig,
  Type.Object({
    /** Folder with customers.json, each of whom gets a card when there are none yet. */
    SEED_DIR: Type.Optional(Type.String()),
  }),
])
