import { type TObject, type TSchema, type TUnknown, Type } from '@sinclair/typebox'

/**
 * A topic with the schema of its events: the one value that producer and consumer share.
 * `Data` is the CloudEvent's `data`, not the envelope.
 */
export interface Topic<Data extends TSchema = TSchema> {
  readonly kind: 'topic'
  /** Name of the Dapr pub/sub component. */
  readonly pubsub: string
  readonly name: string
  readonly data: Data
}

/** Declares a topic. Source: https://docs.dapr.io/developing-applications/building-blocks/pubsub/ */
export function topic<Data extends TSchema>(pubsub: string, name: string, data: Data): Topic<Data> {
  return { kind: 'topic', pubsub, name, data }
}

/** A method that an endpoint can have. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** What goes into an endpoint and comes out of it. */
export interface EndpointSchemas {
  /** Values of the `:name` parts of the path, each of which it has to name. */
  params?: TObject
  query?: TSchema
  /** Request headers that the endpoint reads, in lower case. */
  headers?: TSchema
  body?: TSchema
  /** Body of a successful answer; leave it out for an answer without one (204). */
  response?: TSchema
  /** Schema of the body for each status that is an expected failure. */
  errors?: Record<number, TSchema>
}

/**
 * An HTTP operation of a service: types the route that implements it and the client that calls it,
 * with no code generation and no import of the service.
 */
export interface Endpoint<
  Schemas extends EndpointSchemas = EndpointSchemas,
  Path extends string = string,
  Verb extends Method = Method,
> {
  readonly kind: 'endpoint'
  readonly method: Verb
  /** Path with `:name` parts, as in `/orders/:id`. */
  readonly path: Path
  /** Status of a successful answer. */
  readonly status: number
  readonly schemas: Schemas
}

type ParamNames<Path extends string> = Path extends `${string}:${infer Rest}`
  ? Rest extends `${infer Name}/${infer Tail}`
    ? Name | ParamNames<Tail>
    : Rest
  : never

type GivenNames<Schemas extends EndpointSchemas> =
  Schemas['params'] extends TObject<infer Properties> ? keyof Properties & string : never

/** What ties the params to the path; the texts are what the compiler says. */
type MatchingParams<
  Path extends string,
  Schemas extends EndpointSchemas,
> = Path extends `${string}${'?' | '*' | '#'}${string}`
  ? { path: `the path ${Path} has a part that is optional or a wildcard, or more than a path` }
  : [ParamNames<Path>] extends [never]
    ? { params?: `the path ${Path} has no :name` }
    : {
        params: {
          properties: { [Name in ParamNames<Path>]: TSchema } & {
            [Other in Exclude<GivenNames<Schemas>, ParamNames<Path>>]: `the path ${Path} has no :${Other}`
          }
        }
      }

/**
 * Declares an endpoint. The params have exactly the names of the path, or it does not compile. `status` defaults to 200
 * with a response schema and to 204 without.
 * @throws TypeError for a path with `?`, `*` or `#`, which the caller and the service would read differently
 * Source: https://docs.dapr.io/developing-applications/building-blocks/service-invocation/
 */
export function endpoint<
  const Path extends string,
  const Schemas extends EndpointSchemas,
  const Verb extends Method,
>(
  definition: Schemas & { method: Verb; path: Path; status?: number } & MatchingParams<Path, Schemas>,
): Endpoint<Schemas, Path, Verb> {
  const { method, path, status, ...schemas } = definition
  if (/[?*#]/.test(path)) throw new TypeError(`${path} is no path of an endpoint: it has a ?, * or #`)
  return {
    kind: 'endpoint',
    method,
    path,
    status: status ?? (schemas.response ? 200 : 204),
    schemas: schemas as unknown as Schemas,
  }
}

/**
 * Schema of a problem document (RFC 9457) whose extension member `code` is one of the given stable words.
 * Use it for the `errors` of an endpoint.
 */
export function problem<const Codes extends string[]>(...codes: Codes) {
  return Type.Object({
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.Optional(Type.String()),
    code: Type.Unsafe<Codes[number]>(Type.Union(codes.map(code => Type.Literal(code)))),
  })
}

/** A job with the schema of its data: the one value that is scheduled and handled by. */
export interface Job<Data extends TSchema = TSchema> {
  readonly kind: 'job'
  readonly name: string
  readonly data: Data
}

/**
 * Declares a job. With keys, as in `scheduleJob(…, { key: '42' })`, one handler serves many jobs of this name.
 * @throws TypeError for a name of other characters than letters, digits and `-` `_` `.` `~`
 * Source: https://docs.dapr.io/developing-applications/building-blocks/jobs/
 */
export function job<Data extends TSchema>(name: string, data: Data): Job<Data> {
  // daprd puts the name into a URL as it is, and the key follows an @.
  if (!/^[\w.~-]+$/.test(name) || name === '.' || name === '..') {
    throw new TypeError(
      `${JSON.stringify(name)} cannot be a job: it has other characters than a-z A-Z 0-9 - _ . ~`,
    )
  }
  return { kind: 'job', name, data }
}

/** A binding with the schemas of what goes through it. */
export interface Binding<Data extends TSchema = TSchema, Answer extends TSchema = TSchema> {
  readonly kind: 'binding'
  /** Name of the Dapr component. */
  readonly name: string
  readonly data: Data
  readonly response: Answer
}

/**
 * Declares a binding: `data` is what it delivers or is given, `response` what an output binding answers
 * (`Type.Uint8Array()` for bytes). @default anything
 * Source: https://docs.dapr.io/developing-applications/building-blocks/bindings/
 */
export function binding<Data extends TSchema = TUnknown, Answer extends TSchema = TUnknown>(
  name: string,
  {
    data = Type.Unknown() as never,
    response = Type.Unknown() as never,
  }: { data?: Data; response?: Answer } = {},
): Binding<Data, Answer> {
  return { kind: 'binding', name, data, response }
}
