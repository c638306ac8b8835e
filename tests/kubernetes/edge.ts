import type { Forwards } from './forward.ts'

export interface EdgeOptions {
  forwards: Forwards
  /** The name that the certificate is for, and the Ingress routes by. */
  host: string
  /** What the certificate of the edge has to be signed by, in PEM. */
  ca: string
  /** Of the Ingress controller. @default traefik */
  namespace?: string
  /** @default traefik */
  service?: string
  /** @default 443 */
  port?: number
}

export interface Edge extends AsyncDisposable {
  /** Of plain HTTP, on loopback, as clients of a local shop have it. */
  origin: string
}

const attempts = 5

/** A way to the edge for clients that know nothing of the cluster: TLS, with the certificate verified, begins here. */
export function openEdge(options: EdgeOptions): Edge {
  const { forwards, host, ca, namespace = 'traefik', service = 'traefik', port = 443 } = options

  /** A forward that has broken is none of the shop's failures; an answer of the edge, whatever it is, is one. */
  async function send(request: Request, body: ArrayBuffer, tries = 1): Promise<Response> {
    const { pathname, search } = new URL(request.url)
    const headers = new Headers(request.headers)
    headers.set('host', host)
    try {
      return await forwards.through({ namespace, target: `service/${service}`, port }, local =>
        fetch(`https://127.0.0.1:${local}${pathname}${search}`, {
          method: request.method,
          headers,
          ...(body.byteLength > 0 && { body }),
          redirect: 'manual',
          decompress: false,
          tls: { ca, servername: host },
        }),
      )
    } catch (error) {
      if (tries === attempts || isOfCertificate(error)) throw error
      await Bun.sleep(200 * tries)
      return await send(request, body, tries + 1)
    }
  }

  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    idleTimeout: 120,
    fetch: async request => await send(request, await request.arrayBuffer()),
    error: error => new Response(`the edge was not reached: ${error.message}`, { status: 599 }),
  })
  return {
    origin: `http://127.0.0.1:${server.port}`,
    [Symbol.asyncDispose]: async () => await server.stop(true),
  }
}

function isOfCertificate(error: unknown): boolean {
  const { code = '' } = error as NodeJS.ErrnoException
  return /CERT|SIGNATURE|VERIFY/.test(code)
}
