import type { Static, TSchema } from '@sinclair/typebox'
import { type TypeCheck, TypeCompiler } from '@sinclair/typebox/compiler'
import { parseExactly } from '../exact-json.ts'
import { SchemaError } from './errors.ts'

/** Schema of a value that is passed; none for a value that is always `undefined`. */
export type Schema = TSchema | undefined

export type Value<S extends Schema> = S extends TSchema ? Static<S> : undefined

/** Arguments of a call that takes one value: it may be left out when it may be `undefined`. */
export type Passed<S extends Schema, More extends unknown[] = []> =
  undefined extends Value<S> ? [value?: Value<S>, ...more: More] : [value: Value<S>, ...more: More]

/**
 * Turns values into the text that Dapr keeps, and back. `undefined` is no text, or the empty one that the HTTP API
 * makes of it; every other value, falsy or not, is a text that is not empty.
 */
export interface Payload<S extends Schema = Schema> {
  /** @throws SchemaError for a value that does not fit, TypeError for one that JSON cannot hold */
  encode(value: Value<S>): string | undefined
  /** @throws SchemaError */
  decode(text: string | undefined): Value<S>
}

/** `what` names the value in errors. */
export function payload<S extends Schema>(what: string, schema: S): Payload<S> {
  let compiled: TypeCheck<TSchema> | undefined

  function check(value: unknown): Value<S> {
    if (!schema) {
      if (value !== undefined) throw new SchemaError(`${what} is given, but has no schema`)
      return undefined as Value<S>
    }
    compiled ??= TypeCompiler.Compile(schema)
    if (compiled.Check(value)) return value as Value<S>
    const [problem] = compiled.Errors(value)
    throw new SchemaError(
      `${what} does not fit its schema at ${problem?.path || '/'}: ${problem?.message ?? 'wrong'}`,
    )
  }

  return {
    encode: value => JSON.stringify(check(value)),
    decode: text => check(text ? parse(what, text) : undefined),
  }
}

function parse(what: string, text: string): unknown {
  try {
    return parseExactly(text)
  } catch {
    throw new SchemaError(`${what} is no JSON`)
  }
}
