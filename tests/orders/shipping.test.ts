import { expect, setDefaultTimeout, test } from 'bun:test'
import { createServer } from 'node:http2'
import { Code, ConnectError } from '@connectrpc/connect'
import { connectNodeAdapter } from '@connectrpc/connect-node'
import type { Daprd } from '../../packages/elysia-dapr/src/testing/index.ts'
import { createShipping } from '../../services/orders/src/shipping.ts'
import { ShippingService } from '../../services/shipping/contract/gen/shipping_pb.ts'
import { daprd, eventually, failureOf, temporaryFolder } from '../conformance/environment.ts'

setDefaultTimeout(60_000)

const order = {
  orderId: '00000000-0000-7000-8000-000000000001',
  customerId: 'ALFKI',
  lines: [{ productId: 4, quantity: 2, unitPriceCents: 2200 }],
  totalCents: 4400,
  shippingCents: 1_500,
}
const known = { isKnownThere: true }
const unknown = { isKnownThere: false }

function shippingThrough({ ports, apiToken }: Daprd, more: { wasThere?: boolean } = {}) {
  return createShipping({ port: ports.grpc, apiToken, flatCents: 1_500, ...more })
}

/** Stands in for the shipping service; refuses what `refuse` says. */
async function startService() {
  const asked: string[] = []
  let refusal: Code | undefined
  const answer = (method: string) => {
    asked.push(method)
    if (refusal !== undefined) throw new ConnectError('refused', refusal)
    return { trackingNumber: 'SP1' }
  }
  const server = createServer(
    connectNodeAdapter({
      routes: router =>
        router.service(ShippingService, {
          quote: ({ units }) => ({ priceCents: units * 100, carrier: 'Speedy Express' }),
          arrange: () => answer('arrange'),
          cancel: () => answer('cancel'),
        }),
    }),
  )
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  return {
    asked,
    port: (server.address() as { port: number }).port,
    refuse(code: Code | undefined) {
      refusal = code
    },
    [Symbol.dispose]: () => void server.close(),
  }
}

const sidecarOf = (port: number, home: string) => {
  const args = ['--app-protocol', 'grpc']
  return daprd({ appId: 'shipping', app: { port }, home, args, waitFor: 'outbound' })
}

test('where there is no shipping service, the price is flat and somebody sends by hand', async () => {
  await using sidecar = await daprd({ appId: 'orders' })
  const shipping = shippingThrough(sidecar)
  expect(await shipping.quote(2, 'Germany')).toBe(1_500)
  expect(await shipping.arrange(order)).toEqual({})
  await shipping.cancel(order.orderId, unknown)
  expect(await failureOf(shipping.cancel(order.orderId, known))).toMatchObject({ code: Code.Unknown })
})

test('it is asked through both sidecars, and what it refuses is refused', async () => {
  await using home = await temporaryFolder()
  await using sidecar = await daprd({ appId: 'orders', home: home.path })
  using service = await startService()
  await using _ = await sidecarOf(service.port, home.path)
  const shipping = shippingThrough(sidecar)
  expect(await shipping.quote(2, 'Germany')).toBe(200)
  expect(await shipping.arrange(order)).toEqual({ trackingNumber: 'SP1' })
  await shipping.cancel(order.orderId, unknown)
  expect(service.asked).toEqual(['arrange', 'cancel'])
  for (const code of [Code.InvalidArgument, Code.FailedPrecondition, Code.AlreadyExists]) {
    service.refuse(code)
    expect(await shipping.arrange(order)).toEqual({ refusal: 'shipping-refused' })
  }
  service.refuse(Code.Unavailable)
  expect(await failureOf(shipping.arrange(order))).toMatchObject({ code: Code.Unavailable })
  expect(await failureOf(shipping.cancel(order.orderId, unknown))).toMatchObject({ code: Code.Unavailable })
})

test('one that was there, and is killed or ended in order, is away for a while', async () => {
  await using home = await temporaryFolder()
  await using sidecar = await daprd({ appId: 'orders', home: home.path })
  using service = await startService()
  await using its = await sidecarOf(service.port, home.path)
  const shipping = shippingThrough(sidecar)
  expect(await shipping.quote(2, 'Germany')).toBe(200)
  const absent = shippingThrough(sidecar)

  await its.kill()
  expect(await shipping.quote(2, 'Germany')).toBe(1_500)
  for (const asks of [shipping, absent]) {
    expect(await failureOf(asks.arrange(order))).toMatchObject({ code: Code.Unavailable })
    expect(await failureOf(asks.cancel(order.orderId, unknown))).toMatchObject({ code: Code.Unavailable })
  }

  await its.restart()
  await eventually(async () => (await shipping.quote(2, 'Germany')) === 200 || undefined)
  await its.kill('SIGTERM')
  const isAway = { rawMessage: expect.stringMatching(/no host/) }
  // The sidecar of the caller remembers where it was, for a second.
  await eventually(async () =>
    `${await failureOf(shipping.arrange(order))}`.includes('no host') ? true : undefined,
  )
  expect(await failureOf(shipping.cancel(order.orderId, unknown))).toMatchObject({ code: Code.Unknown })
  expect(await absent.arrange(order)).toEqual({})
  // What a process that begins now knows from what earlier ones have left.
  expect(await failureOf(absent.arrange({ ...order, shippingCents: 200 }))).toMatchObject(isAway)
  expect(await failureOf(shippingThrough(sidecar, { wasThere: true }).arrange(order))).toMatchObject(isAway)
})

test('its own sidecar may be killed and started again', async () => {
  await using home = await temporaryFolder()
  await using sidecar = await daprd({ appId: 'orders', home: home.path })
  using service = await startService()
  await using _ = await sidecarOf(service.port, home.path)
  const shipping = shippingThrough(sidecar)
  await shipping.arrange(order)
  await sidecar.kill()
  expect(await failureOf(shipping.arrange(order))).toMatchObject({ code: Code.Unavailable })
  await sidecar.restart()
  await eventually(async () => (await shipping.arrange(order).catch(() => undefined)) || undefined)
  await shipping.cancel(order.orderId, known)
})
