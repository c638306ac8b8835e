import type { Static, TSchema } from '@sinclair/typebox'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import { parseExactly } from '../exact-json.ts'

/** Data that fit the schema, or what they are, with what is wrong with them. */
export type Payload<Data> = { data: Data; invalid?: undefined } | { data: unknown; invalid: string }

export interface PayloadReader<Data> {
  /** Judges a value. */
  check(value: unknown): Payload<Data>
  /**
   * Reads bytes: as they are for a schema of bytes, else as the JSON that they are if it fits, else as the text if that
   * fits. What is no text stays bytes.
   */
  read(bytes: Uint8Array): Payload<Data>
}

export function payloadReader<Schema extends TSchema>(schema: Schema): PayloadReader<Static<Schema>> {
  const checker = TypeCompiler.Compile(schema)
  const wantsBytes = schema.type === 'Uint8Array'

  function check(data: unknown): Payload<Static<Schema>> {
    // To a schema of objects bytes are one.
    if (data instanceof Uint8Array && schema.type !== undefined && !wantsBytes) {
      return { data, invalid: 'data: neither JSON nor text' }
    }
    if (checker.Check(data)) return { data }
    const problem = checker.Errors(data).First()
    return { data, invalid: `data${problem?.path ?? ''}: ${problem?.message ?? 'does not fit the schema'}` }
  }

  function read(bytes: Uint8Array): Payload<Static<Schema>> {
    const text = wantsBytes ? undefined : textOf(bytes)
    if (text === undefined) return check(bytes)
    const json = check(jsonOf(text))
    return json.invalid !== undefined && checker.Check(text) ? { data: text } : json
  }

  return { check, read }
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text itself where it is no JSON. */
export function jsonOf(text: string): unknown {
  try {
    return parseExactly(text)
  } catch (error) {
    if (error instanceof SyntaxError) return text
    throw error
  }
}
