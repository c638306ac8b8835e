import type { Elysia } from 'elysia'
import { type Call, type CallInput, type Endpoint, type EndpointSchemas, route } from 'elysia-dapr'

/** Headers of an answer that mean something to the client; the rest is between the services. */
const passedOn = ['etag', 'location']

/** Offers an operation of a service under the same path: validated here, answered there. */
export function forward<Schemas extends EndpointSchemas>(call: Call<Endpoint<Schemas>>): Elysia {
  return route(call.endpoint, async ({ params, query, headers, body, request, set }) => {
    const input = { params, query, headers: declared(call.endpoint, headers as object), body }
    const answer = await call(input as CallInput<Endpoint<Schemas>>, { signal: request.signal })
    set.status = answer.status
    for (const name of passedOn) {
      const value = answer.headers.get(name)
      if (value !== null) set.headers[name] = value
    }
    return answer.data as never
  })
}

/** Only the headers that the endpoint declares go on. */
function declared(endpoint: Endpoint, headers: object): Record<string, string> {
  const names: string[] = Object.keys(endpoint.schemas.headers?.properties ?? {})
  return Object.fromEntries(
    Object.entries(headers).filter(([name, value]) => names.includes(name) && value !== undefined),
  )
}
