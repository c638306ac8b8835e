import type { Static, TSchema } from '@sinclair/typebox'
import type { Endpoint, Method } from '../contract.ts'
import { badAnswer, InvokeError, schemaMismatch } from '../errors.ts'
import { compiled } from './compiled.ts'
import { pathOf } from './invoke-path.ts'
import { sendForText } from './invoke-send.ts'
import { type Target, targetOf } from './invoke-target.ts'
import { type CallOptions, parseBody, type Sidecar } from './sidecar.ts'

type Part<Name extends string, Schema> = Schema extends TSchema ? { [Key in Name]: Static<Schema> } : unknown

/** What a call has to send: the parts that the endpoint declares, no others. */
export type CallInput<E extends Endpoint> = Part<'params', E['schemas']['params']> &
  Part<'query', E['schemas']['query']> &
  Part<'headers', E['schemas']['headers']> &
  Part<'body', E['schemas']['body']>

/** A successful answer. */
export interface Answer<E extends Endpoint> {
  /** Of the contract's type; `undefined` where the endpoint declares no response. */
  data: E['schemas']['response'] extends TSchema ? Static<E['schemas']['response']> : undefined
  status: number
  headers: Headers
}

/** The function of one endpoint. */
export interface Call<E extends Endpoint> {
  (input: CallInput<E>, options?: CallOptions): Promise<Answer<E>>
  readonly appId: string
  readonly endpoint: E
}

/** One function for each endpoint of a contract; its topics and other exports are left out. */
export type Client<Contract> = {
  [Key in keyof Contract as Contract[Key] extends Endpoint ? Key : never]: Contract[Key] extends Endpoint
    ? Call<Contract[Key]>
    : never
}

/**
 * A typed client for another service, through the sidecar. `appId` is an app's ID, the name of an HTTPEndpoint
 * resource or an address, as for `invoke`.
 *
 * Each call rejects with InvokeError, which keeps the status and the body of the answer; narrow it with `isFailure`.
 * An answer that does not fit the contract rejects with `SCHEMA_MISMATCH`; an empty 200 that does not, which is what
 * daprd says of an app that goes away, with `BAD_ANSWER`, `retryable` unless it is a POST or a PATCH. An integer that no
 * number can hold, such as 9007199254740993, is never rounded: it comes as the text of its digits, which a schema of
 * integers refuses. Let such IDs be strings.
 * An array in a query is one parameter for each of its elements, and none when it is empty.
 * @throws TypeError for an app ID, and in its calls for a parameter, that does not fit into a URL, for an object or a null
 * in a query, for a header that is none, and for a body that JSON cannot hold
 * Source: https://docs.dapr.io/reference/api/service_invocation_api/
 *
 * @example
 * import * as catalogContract from '@shop/catalog-contract'
 * const catalog = client(sidecar(), 'catalog', catalogContract)
 * const { data } = await catalog.getProduct({ params: { id: 42 } })
 */
export function client<Contract extends object>(
  sidecar: Sidecar,
  appId: string,
  contract: Contract,
): Client<Contract> {
  const target = targetOf(appId)
  const calls: Record<string, Call<Endpoint>> = {}
  for (const [name, value] of Object.entries(contract)) {
    if (isEndpoint(value)) calls[name] = createCall(sidecar, target, value)
  }
  return calls as Client<Contract>
}

/**
 * Whether an error is the given expected failure of a call; narrows its body to the contract's schema.
 * The same status of another app or operation, or with another body, is not: a 404 of the sidecar does not say that
 * the order is unknown.
 *
 * @example
 * if (isFailure(error, catalog.getProduct, 404)) return error.body.code
 */
export function isFailure<E extends Endpoint, Status extends keyof E['schemas']['errors']>(
  error: unknown,
  call: Pick<Call<E>, 'appId' | 'endpoint'>,
  status: Status,
): error is InvokeError & { body: FailureBody<E, Status> } {
  return (
    error instanceof InvokeError &&
    error.expected &&
    error.status === status &&
    error.appId === call.appId &&
    error.operation === operationOf(call.endpoint)
  )
}

type FailureBody<E extends Endpoint, Status> = Status extends keyof E['schemas']['errors']
  ? E['schemas']['errors'][Status] extends TSchema
    ? Static<E['schemas']['errors'][Status]>
    : never
  : never

interface Input {
  params?: Record<string, unknown>
  query?: Record<string, unknown>
  headers?: Record<string, string | undefined>
  body?: unknown
}

function createCall(sidecar: Sidecar, target: Target, endpoint: Endpoint): Call<Endpoint> {
  const { appId } = target
  const operation = operationOf(endpoint)
  const { response, errors = {} } = endpoint.schemas
  const check = response && compiled(response)
  const failures = new Map(
    Object.entries(errors).map(([status, schema]) => [Number(status), compiled(schema)]),
  )

  async function invoke(callInput: CallInput<Endpoint>, options?: CallOptions): Promise<Answer<Endpoint>> {
    const { params, query, headers, body } = callInput as Input
    const path = pathOf(endpoint, params, query)
    const init: RequestInit = { method: endpoint.method }
    if (headers) init.headers = present(headers)
    if (body !== undefined) {
      init.headers = { ...init.headers, 'content-type': 'application/json' }
      init.body = JSON.stringify(body)
    }
    const { answer, text } = await sendForText(sidecar, { target, operation, path, init, options })
    const data = parseBody(text)
    if (!answer.ok) {
      const { status } = answer
      const expected = failures.get(status)?.Check(data) ?? false
      throw new InvokeError(appId, operation, { status, code: errorCode(data), body: data, expected })
    }
    const fits = check?.Check(data) ?? true
    // daprd 1.18 says an empty 200 in place of an app that goes away at the wrong moment.
    if (answer.status === 200 && data === undefined && (check ? !fits : endpoint.status !== 200)) {
      const retryable = isIdempotent(endpoint.method)
      throw new InvokeError(appId, operation, { ...badAnswer(answer), retryable })
    }
    if (check && !fits) {
      const [problem] = check.Errors(data)
      throw new InvokeError(appId, operation, {
        ...schemaMismatch(answer, data),
        cause: new TypeError(`the answer does not fit the contract at ${problem?.path || '/'}`),
      })
    }
    return { data: check && data, status: answer.status, headers: answer.headers } as Answer<Endpoint>
  }

  return Object.assign(invoke, { appId, endpoint })
}

function operationOf(endpoint: Endpoint): string {
  return `${endpoint.method} ${endpoint.path}`
}

/** Source: RFC 9110, section 9.2.2 */
function isIdempotent(method: Method): boolean {
  return method !== 'POST' && method !== 'PATCH'
}

function errorCode(body: unknown): string {
  const { code, errorCode } = (typeof body === 'object' && body !== null ? body : {}) as Record<
    string,
    unknown
  >
  if (typeof code === 'string') return code
  return typeof errorCode === 'string' ? errorCode : 'UNKNOWN'
}

/** Of `undefined` a header would make a text. */
function present(headers: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}

function isEndpoint(value: unknown): value is Endpoint {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'endpoint'
}
