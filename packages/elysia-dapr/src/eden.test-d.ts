// Checked by tsc alone: every line below an expectation must not compile.
import { Elysia, t } from 'elysia'
import { invoke } from './eden.ts'
import { sidecar } from './index.ts'

const app = new Elysia()
  .get('/orders/:id', ({ params: { id }, status }) =>
    id === '' ? status(404, { code: 'order-unknown' as const }) : { id, units: 1 },
  )
  .post('/orders', ({ body }) => body, { body: t.Object({ units: t.Integer() }) })

const orders = invoke<typeof app>(sidecar(), 'orders', { timeout: 2_000, config: { throwHttpError: true } })

export async function calling() {
  const { data, error } = await orders.orders({ id: 'a/b' }).get()
  if (error?.status === 404) {
    const code: 'order-unknown' = error.value.code
    return code
  }
  // @ts-expect-error a member that the answer does not have
  data?.name
  // @ts-expect-error a path that the app does not have
  await orders.products.get()
  // @ts-expect-error a method that the path does not have
  await orders.orders({ id: '7' }).put()
  // @ts-expect-error no parameter
  await orders.orders({}).get()
  // @ts-expect-error a body of another type
  await orders.orders.post({ units: '2' })
  // @ts-expect-error no body
  await orders.orders.post()
  return data?.units
}

// @ts-expect-error the fetcher is the sidecar
invoke<typeof app>(sidecar(), 'orders', { config: { fetcher: fetch } })
// @ts-expect-error no app
invoke<{ orders: string }>(sidecar(), 'orders')
