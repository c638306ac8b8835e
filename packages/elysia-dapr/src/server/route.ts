import { CloneType, type Static, type TObject, type TSchema } from '@sinclair/typebox'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import { type Context, type CreateEden, Elysia } from 'elysia'
import type { Endpoint, EndpointSchemas, Method } from '../contract.ts'
import { parseExactly } from '../exact-json.ts'
import { fromText } from '../from-text.ts'
import { isJsonType, UnsupportedMediaTypeError } from '../json-type.ts'

type Part<Schema, Otherwise> = Schema extends TSchema ? Static<Schema> : Otherwise

/** What the handler of `route` gets, typed by the endpoint. */
export interface RouteContext<Schemas extends EndpointSchemas> {
  params: Part<Schemas['params'], Record<string, string>>
  query: Part<Schemas['query'], Record<string, string>>
  headers: Part<Schemas['headers'], Record<string, string | undefined>>
  body: Part<Schemas['body'], undefined>
  request: Request
  set: Context['set']
}

type Handler<Schemas extends EndpointSchemas> = Schemas['response'] extends TSchema
  ? (context: RouteContext<Schemas>) => Static<Schemas['response']> | Promise<Static<Schemas['response']>>
  : (context: RouteContext<Schemas>) => void | Promise<void>

/** What `route` returns: a plugin of whose route Eden knows what the contract says. */
export type Routed<Schemas extends EndpointSchemas, Path extends string, Verb extends Method> = Elysia & {
  // A path that is known at run time only would stand for all paths.
  '~Routes': string extends Path
    ? unknown
    : CreateEden<Path, { [Name in Lowercase<Verb>]: EdenRoute<Schemas> }>
}

interface EdenRoute<Schemas extends EndpointSchemas> {
  body: Part<Schemas['body'], unknown>
  params: Part<Schemas['params'], unknown>
  query: Part<Schemas['query'], unknown>
  headers: Part<Schemas['headers'], unknown>
  // Eden's data is the empty text where there is no body.
  response: { 200: Part<Schemas['response'], ''> } & {
    [Status in keyof Schemas['errors']]: Part<Schemas['errors'][Status], unknown>
  }
}

/**
 * Implements an endpoint of a contract as an ordinary Elysia route: the request is validated and typed by the
 * contract. What stands in the path, the query and the headers is converted to its types: a list of the query is made of
 * all the values of its name, as in `?tag=a&tag=b`, and is empty when there are none. Expected failures are thrown. An answer that the contract does not allow is a 500, whatever its
 * status; what it adds to the contract is left out. A body is read as JSON, and an integer that no number can hold comes
 * as the text of its digits, which a schema of integers refuses; one of a type that is not JSON is an
 * UnsupportedMediaTypeError (415).
 * Eden has the route in the type of the app, with the answers of the contract.
 *
 * @example
 * app.use(route(getProduct, ({ params }) => store.find(params.id)))
 */
export function route<Schemas extends EndpointSchemas, Path extends string, Verb extends Method>(
  endpoint: Endpoint<Schemas, Path, Verb>,
  handler: Handler<Schemas>,
): Routed<Schemas, Path, Verb> {
  const { params, query, headers, body, response } = endpoint.schemas
  const check = response && TypeCompiler.Compile(response)
  const listsOf = listReader(query)

  async function handle(context: Context) {
    // Before the handler, which may choose another success, such as 200 for a repeated request.
    context.set.status = endpoint.status
    const answer: unknown = await handler(context as unknown as RouteContext<Schemas>)
    // Elysia checks the named statuses only, and says 422, with the value in it.
    if (check && !check.Check(answer)) {
      const where = check.Errors(answer).First()?.path || '/'
      throw new TypeError(`${endpoint.method} ${endpoint.path} answers what its contract forbids at ${where}`)
    }
    return answer
  }

  function convert(context: Context) {
    // Here and not where it is read, which a parser of the app may have done before.
    if (body && isSent(context.body)) assertJson(context.request)
    if (params) context.params = fromText(params, context.params) as Record<string, string>
    if (query) {
      context.query = fromText(query, { ...context.query, ...listsOf(context.request) }) as Record<
        string,
        string
      >
    }
    if (headers) context.headers = fromText(headers, context.headers) as Record<string, string>
  }

  return new Elysia().route(
    endpoint.method,
    endpoint.path,
    handle as never,
    {
      transform: convert,
      ...(body && { parse: readJson }),
      // Copies: Elysia closes the schemas that it compiles, and a client has to accept what a newer service adds.
      ...(params && { params: CloneType(params, ofTexts) }),
      ...(query && { query: CloneType(query, ofTexts) }),
      ...(headers && { headers: CloneType(headers, ofTexts) }),
      ...(body && { body: CloneType(body) }),
      ...(response && { response: { 200: CloneType(response), [endpoint.status]: CloneType(response) } }),
    } as never,
  ) as unknown as Routed<Schemas, Path, Verb>
}

/**
 * Marks a schema as one of Elysia's own, which it takes as it is: in others it converts texts once more, by other rules.
 * It would split `a,b` in a list into two.
 */
const ofTexts = { elysiaMeta: 'Texts' }

/** Reads the lists of a query: each value has the name of the list, and an empty one leaves no trace. */
function listReader(query: TSchema | undefined): (request: Request) => Record<string, string[]> {
  const { properties = {}, required = [] } = (query ?? {}) as Partial<TObject>
  const names = Object.keys(properties).filter(name => properties[name]?.type === 'array')
  if (names.length === 0) return () => ({})
  return function listsOf({ url }) {
    const search = new URL(url).searchParams
    const lists = names.map(name => [name, search.getAll(name)] as const)
    return Object.fromEntries(lists.filter(([name, values]) => values.length > 0 || required.includes(name)))
  }
}

/** Elysia's own parser knows no other spelling than `application/json`. */
async function readJson({ request }: { request: Request }): Promise<unknown> {
  if (!request.body) return undefined
  const text = await request.text()
  return isJsonType(request.headers.get('content-type')) ? parseExactly(text) : text
}

function isSent(body: unknown): boolean {
  return body !== undefined && body !== ''
}

function assertJson({ headers }: Request): void {
  const type = headers.get('content-type')
  if (!isJsonType(type)) throw new UnsupportedMediaTypeError(type)
}
