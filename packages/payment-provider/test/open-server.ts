import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger } from '@shop/chassis/logger'
import { createServer } from '../src/server.ts'
import { openStore } from '../src/store.ts'

export const key = 'Bearer t3st'

/** A provider in this process, with a file of its own; both are gone at the end of the scope. */
export function openServer() {
  const folder = mkdtempSync(join(tmpdir(), 'payment-provider-'))
  const store = openStore(join(folder, 'provider.db'))
  const server = createServer({ log: createLogger('payment-provider', 'silent'), store, key })

  async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const answer = await server.handle(
      new Request(`http://localhost${path}`, {
        method,
        headers: { authorization: key, 'content-type': 'application/json', ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    )
    const text = await answer.text()
    return {
      status: answer.status,
      body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text,
    }
  }

  return {
    call,
    post: (path: string, idempotencyKey: string, body?: unknown) =>
      call('POST', path, body, { 'idempotency-key': idempotencyKey }),
    [Symbol.dispose]() {
      store.close()
      rmSync(folder, { recursive: true })
    },
  }
}

export function chargeOf(reference: string, over: Record<string, unknown> = {}) {
  return { amountCents: 500, currency: 'USD', card: 'tok_ALFKI', reference, ...over }
}
