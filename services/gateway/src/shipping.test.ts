import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { createServer, type Http2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { Code, ConnectError } from '@connectrpc/connect'
import { connectNodeAdapter } from '@connectrpc/connect-node'
import { ShippingService, Status } from '@shop/shipping-contract/grpc'
import { createShipping, type Shipping } from './shipping.ts'

const orderId = '00000000-0000-7000-8000-000000000001'

/** Stands for the sidecar, which hands the call on to the service. */
let server: Http2Server
let shipping: Shipping
let asked: { orderId: string; headers: Headers }[]
let answer: () => object | Promise<object>

beforeAll(async () => {
  const handler = connectNodeAdapter({
    routes: router =>
      router.rpc(ShippingService.method.get, (request, { requestHeader }) => {
        asked.push({ orderId: request.orderId, headers: requestHeader })
        return answer()
      }),
  })
  server = createServer(handler).listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  shipping = createShipping({ port: (server.address() as AddressInfo).port, apiToken: 'sidecar-token' })
})

beforeEach(() => {
  asked = []
})

afterAll(() => void server.close())

test('the own sidecar is asked for the app, with its token', async () => {
  const sent = { orderId, trackingNumber: 'T1', carrier: 'Federal Shipping', country: 'Peru', units: 7 }
  answer = () => ({ ...sent, priceCents: 900, status: Status.ARRANGED })
  expect(await shipping.get(orderId)).toEqual({ ...sent, priceCents: 900, status: 'arranged' })
  expect(asked[0]?.orderId).toBe(orderId)
  expect(asked[0]?.headers.get('dapr-app-id')).toBe('shipping')
  expect(asked[0]?.headers.get('dapr-api-token')).toBe('sidecar-token')
})

test('one that was called off before has no tracking number', async () => {
  answer = () => ({ orderId, status: Status.CANCELLED })
  expect(await shipping.get(orderId)).toEqual({ orderId, status: 'cancelled', units: 0, priceCents: 0 })
})

test.each([
  [Code.NotFound, { status: 404, code: 'shipment-unknown' }],
  [Code.InvalidArgument, { status: 422, code: 'invalid-request' }],
  [Code.Unavailable, { name: 'InvokeError', code: 'Unavailable', retryable: true }],
  // What daprd 1.18 says of an app that is not there.
  [Code.Unknown, { name: 'InvokeError', code: 'Unknown', retryable: true }],
  [Code.PermissionDenied, { name: 'InvokeError', code: 'PermissionDenied', retryable: false }],
])('the gRPC code %p', async (code, expected) => {
  answer = () => {
    throw new ConnectError('no host found with the given ID', code)
  }
  expect(await failureOf(shipping.get(orderId))).toMatchObject(expected)
})

test('a client that goes away ends the call', async () => {
  const gone = new AbortController()
  answer = () => {
    gone.abort()
    return new Promise(() => {})
  }
  expect(await failureOf(shipping.get(orderId, gone.signal))).toMatchObject({
    code: 'ABORTED',
    retryable: false,
  })
})

test('no sidecar', async () => {
  const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  const { port } = listener
  listener.stop(true)
  const failure = await failureOf(createShipping({ port, apiToken: undefined }).get(orderId))
  expect(failure).toMatchObject({ code: 'Unavailable', retryable: true })
})

async function failureOf(call: Promise<unknown>): Promise<unknown> {
  return await call.then(
    value => {
      throw new Error(`did not fail: ${JSON.stringify(value)}`)
    },
    error => error,
  )
}
