import type { TSchema } from '@sinclair/typebox'
import { type TypeCheck, TypeCompiler } from '@sinclair/typebox/compiler'

const known = new WeakMap<TSchema, TypeCheck<TSchema>>()

/** The check of a schema, compiled once: clients are made anew for each request, which must cost nothing. */
export function compiled<Schema extends TSchema>(schema: Schema): TypeCheck<Schema> {
  const found = known.get(schema) ?? TypeCompiler.Compile(schema)
  known.set(schema, found)
  return found as TypeCheck<Schema>
}
