import { Kind, type Static, type TSchema } from '@sinclair/typebox'
import type { Binding } from '../contract.ts'
import { BindingError, DaprError, schemaMismatch } from '../errors.ts'
import { compiled } from './compiled.ts'
import type { Metadata } from './metadata-query.ts'
import { postJson } from './post-json.ts'
import { segment } from './segment.ts'
import { type CallOptions, readBody, type Sidecar, toDaprError } from './sidecar.ts'

/** How `invokeBinding` calls. */
export interface BindingOptions extends CallOptions {
  /** What the operation needs beside data, such as `path` for `bindings.http` or `sql` for a database. */
  metadata?: Metadata
}

/** What a binding has answered. */
export interface BindingAnswer<Data> {
  /** `undefined` when the binding answers nothing. */
  data: Data
  /** What it tells beside; header names, so in lower case. */
  metadata: Metadata
}

/**
 * Has an output binding do something, as in `create`, `get`, `post`.
 *
 * daprd reads the data as JSON and writes it anew for the binding: an integer beyond 2^53 is rounded, and a text comes
 * with quotes where the component does not take them off.
 * @throws BindingError when the binding fails. `bindings.http` fails for an answer that is no success, and tells its status
 * and headers as `metadata`; its body comes only with `metadata: { errorIfNot2XX: 'false' }`, as a success.
 * @throws DaprError, also when the answer does not fit the schema (`SCHEMA_MISMATCH`)
 * @throws TypeError for a name that does not fit into a URL, and for data that JSON cannot hold
 * Source: https://docs.dapr.io/reference/api/bindings_api/#invoking-output-bindings
 *
 * @example
 * const payments = binding('payments', { data: Charge, response: Receipt })
 * const { data } = await invokeBinding(sidecar(), payments, 'post', { cents: 500 }, { metadata: { path: '/charges' } })
 */
export async function invokeBinding<Data extends TSchema, Answer extends TSchema>(
  sidecar: Sidecar,
  binding: Binding<Data, Answer>,
  operation: string,
  data?: Static<Data>,
  { metadata, ...options }: BindingOptions = {},
): Promise<BindingAnswer<Static<Answer>>> {
  const { name, response } = binding
  const path = `/v1.0/bindings/${segment('a binding', name)}`
  const answer = await postJson(sidecar, path, { operation, data, metadata }, options)
  const told = metadataOf(answer.headers)
  if (!answer.ok) {
    const error = await toDaprError(answer, `${operation} of ${name}`)
    const { message, status, code, body } = error
    if (code !== 'ERR_INVOKE_OUTPUT_BINDING') throw error
    throw new BindingError(message, { status, code, body }, told)
  }
  const answered = isBytes(response) ? new Uint8Array(await answer.arrayBuffer()) : await readBody(answer)
  const check = compiled(response)
  if (!check.Check(answered)) {
    const problem = check.Errors(answered).First()
    throw new DaprError(
      `${operation} of ${name}: the answer does not fit its schema at ${problem?.path || '/'}`,
      schemaMismatch(answer, answered),
    )
  }
  return { data: answered, metadata: told }
}

function isBytes(schema: TSchema): boolean {
  return schema[Kind] === 'Uint8Array'
}

function metadataOf(headers: Headers): Metadata {
  const found = [...headers].filter(([name]) => name.startsWith('metadata.'))
  return Object.fromEntries(found.map(([name, value]) => [name.slice('metadata.'.length), value]))
}
