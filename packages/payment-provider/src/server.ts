import { timingSafeEqual } from 'node:crypto'
import { bodyLimit } from '@shop/chassis/body-limit'
import type { Logger } from '@shop/chassis/logger'
import { Problem, problems } from '@shop/chassis/problem'
import { Elysia } from 'elysia'
import { route } from 'elysia-dapr'
import * as api from './api.ts'
import * as charges from './charge.ts'
import { createFaults } from './faults.ts'
import { KeyReused, type Store } from './store.ts'

export interface ServerOptions {
  log: Logger
  store: Store
  /** What the authorization header has to be, as in `Bearer s3cret`. */
  key: string
}

const pageSize = 500

/** The provider's HTTP API. All of it needs the key, but for GET /healthz. */
export function createServer({ log, store, key }: ServerOptions) {
  const faults = createFaults()

  function find(id: string): charges.Charge {
    const charge = store.find(id)
    if (!charge) throw new Problem(404, 'charge-unknown', `There is no charge ${id}.`)
    return charge
  }

  async function read<Answer>(work: () => Answer): Promise<Answer> {
    await faults.begin()
    return work()
  }

  /** Makes or changes a charge, once for each key. */
  async function change(
    headers: { 'idempotency-key': string },
    request: unknown[],
    work: () => charges.Charge,
  ) {
    await faults.begin()
    const answer = once(headers['idempotency-key'], digest(request), work)
    faults.end()
    return answer
  }

  function once(key: string, request: string, work: () => charges.Charge): charges.Charge {
    try {
      return store.once(key, request, () => {
        const charge = work()
        store.save(charge)
        return charge
      })
    } catch (error) {
      throw toProblem(error)
    }
  }

  return new Elysia()
    .use(problems(log))
    .use(bodyLimit)
    .onRequest(function authenticate({ request }) {
      if (new URL(request.url).pathname === '/healthz') return
      if (isSame(request.headers.get('authorization') ?? '', key)) return
      throw new Problem(401, 'unauthorised', 'The authorization header does not have the key.')
    })
    .get('/healthz', () => 'ok')
    .use(
      route(api.createCharge, ({ headers, body: { amountCents, currency, card, reference } }) =>
        change(headers, ['charge', amountCents, currency, card, reference], () =>
          charges.authorise(`ch_${Bun.randomUUIDv7()}`, { amountCents, card, reference }),
        ),
      ),
    )
    .use(
      route(api.captureCharge, ({ headers, params: { id }, body: { amountCents } }) =>
        change(headers, ['capture', id, amountCents], () => charges.capture(find(id), amountCents)),
      ),
    )
    .use(
      route(api.refundCharge, ({ headers, params: { id }, body: { amountCents } }) =>
        change(headers, ['refund', id, amountCents], () => charges.refund(find(id), amountCents)),
      ),
    )
    .use(
      route(api.voidCharge, ({ headers, params: { id } }) =>
        change(headers, ['void', id], () => charges.voidCharge(find(id))),
      ),
    )
    .use(route(api.getCharge, ({ params }) => read(() => find(params.id))))
    .use(route(api.listCharges, ({ query }) => read(() => store.list({ ...query, limit: pageSize }))))
    .use(
      route(api.setFaults, ({ body }) => {
        faults.set(body)
        return body
      }),
    )
    .use(route(api.clearFaults, () => faults.set({})))
}

function toProblem(error: unknown): unknown {
  if (error instanceof charges.ChargeRefused) return new Problem(409, error.code, error.message)
  if (!(error instanceof KeyReused)) return error
  return new Problem(422, 'idempotency-key-reused', 'This idempotency-key came with another request.')
}

/** Tells requests apart without keeping what they say: a card would be among it. */
function digest(request: unknown[]): string {
  return new Bun.CryptoHasher('sha256').update(JSON.stringify(request)).digest('base64url')
}

/** Takes the same time wherever the two differ. */
function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(hash(given), hash(expected))
}

function hash(text: string): Uint8Array {
  return new Bun.CryptoHasher('sha256').update(text).digest()
}
