import { type SidecarOptions, sidecar } from '../src/client/sidecar.ts'

/** A server on loopback for what is this package's own: headers, time-outs, answers that no sidecar gives on demand. */
export function localServer(answer: (request: Request) => Response | Promise<Response>) {
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: answer })
  return {
    url: server.url.origin,
    sidecar: (options: SidecarOptions = {}) => sidecar({ endpoint: server.url.origin, ...options }),
    [Symbol.dispose]: () => void server.stop(true),
  }
}

/** What a promise rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    value => {
      throw new Error(`resolved with ${JSON.stringify(value)}`)
    },
    error => error,
  )
}

/** The start of an answer whose rest never comes. */
export function stalledBody(): Response {
  return new Response(
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"id":'))
      },
    }),
  )
}
