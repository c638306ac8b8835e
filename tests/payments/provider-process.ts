import { resolve } from 'node:path'
import { freePorts } from '../../packages/elysia-dapr/src/testing/ports.ts'
import { type Server, startServer } from '../conformance/server.ts'

const main = resolve(import.meta.dir, '../../packages/payment-provider/src/main.ts')

export interface ProviderProcess extends Server {
  url: string
  /** Calls it without a sidecar. */
  call(method: string, path: string, body?: unknown): Promise<unknown>
}

/** The provider stand-in, in a process of its own, with a key of its own. */
export async function startProvider(authorization: string): Promise<ProviderProcess> {
  const [port = 0] = await freePorts(1)
  const url = `http://127.0.0.1:${port}`
  const server = await startServer({
    name: 'payment-provider',
    command: () => [process.execPath, main],
    ready: () =>
      fetch(`${url}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      ),
    env: { PROVIDER_PORT: String(port), PROVIDER_KEY: authorization, PROVIDER_DATA: 'provider.db' },
  })
  return {
    ...server,
    url,
    async call(method, path, body) {
      const headers = { authorization, 'content-type': 'application/json' }
      const answer = await fetch(`${url}${path}`, {
        method,
        headers,
        body: body ? JSON.stringify(body) : null,
      })
      return answer.status === 204 ? undefined : await answer.json()
    },
  }
}
