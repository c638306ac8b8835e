import type { TSchema } from '@sinclair/typebox'
import type { Elysia } from 'elysia'
import { type Call, type CallInput, type Endpoint, type EndpointSchemas, route } from 'elysia-dapr'

/** Headers of an answer that mean something to the client; the rest is between the services. */
const passedOn = ['etag', 'location']

/** Offers an operation of a service under the same path: validated here, answered there. */
export function forward<Schemas extends EndpointSchemas>(call: Call<Endpoint<Schemas>>): Elysia {
  const { schemas }: Endpoint = call.endpoint
  return route(call.endpoint, async ({ params, query, headers, body, request, set }) => {
    const input = {
      params,
      query: declared(schemas.query, query as object),
      headers: declared(schemas.headers, headers as object),
      body: schemas.body && body,
    }
    const answer = await call(input as CallInput<Endpoint<Schemas>>, { signal: request.signal })
    set.status = answer.status
    for (const name of passedOn) {
      const value = answer.headers.get(name)
      if (value !== null) set.headers[name] = value
    }
    return answer.data as never
  })
}

/** Only what the endpoint declares goes on. */
function declared(schema: TSchema | undefined, values: object): Record<string, unknown> {
  const names = Object.keys(schema?.properties ?? {})
  return Object.fromEntries(
    Object.entries(values).filter(([name, value]) => names.includes(name) && value !== undefined),
  )
}
