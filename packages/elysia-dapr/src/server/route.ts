import type { Static, TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { type Context, Elysia } from 'elysia'
import type { Endpoint, EndpointSchemas } from '../contract.ts'

type Part<Schema, Otherwise> = Schema extends TSchema ? Static<Schema> : Otherwise

export interface RouteContext<Schemas extends EndpointSchemas> {
  params: Part<Schemas['params'], Record<string, string>>
  query: Part<Schemas['query'], Record<string, string>>
  headers: Part<Schemas['headers'], Record<string, string | undefined>>
  body: Part<Schemas['body'], undefined>
  request: Request
  set: Context['set']
}

type Result<Schemas extends EndpointSchemas> = Schemas['response'] extends TSchema
  ? Static<Schemas['response']>
  : void

/**
 * Implements an endpoint of a contract as an ordinary Elysia route: the request is validated and typed by the
 * contract, the handler must return what the contract promises. Expected failures are thrown.
 *
 * @example
 * app.use(route(getProduct, ({ params }) => store.find(params.id)))
 */
export function route<Schemas extends EndpointSchemas>(
  endpoint: Endpoint<Schemas>,
  handler: (context: RouteContext<Schemas>) => Result<Schemas> | Promise<Result<Schemas>>,
): Elysia {
  const { params, query, headers, body, response } = endpoint.schemas

  function handle(context: Context) {
    // Before the handler, which may choose another success, such as 200 for a repeated request.
    context.set.status = endpoint.status
    return handler(context as unknown as RouteContext<Schemas>)
  }

  /** What stands in a URL is text: TypeBox makes the numbers and booleans of it that the schema asks for. */
  function convert(context: { params: unknown; query: unknown }) {
    if (params) context.params = Value.Convert(params, context.params)
    if (query) context.query = Value.Convert(query, context.query)
  }

  return new Elysia().route(
    endpoint.method,
    endpoint.path,
    handle as never,
    {
      transform: convert,
      ...(params && { params }),
      ...(query && { query }),
      ...(headers && { headers }),
      ...(body && { body }),
      ...(response && { response }),
    } as never,
  ) as unknown as Elysia
}
