import { Code, ConnectError, createClient, type Interceptor } from '@connectrpc/connect'
import { createGrpcTransport } from '@connectrpc/connect-node'
import { ShippingService } from '@shop/shipping-contract/grpc'
import type { Goods } from './order.ts'

export interface Shipping {
  /** What it costs, in cents: the flat price while the shipping service does not answer. */
  quote(units: number, country: string | undefined): Promise<number>
  /**
   * Arranges the shipment of an order, once. Undefined where there is no shipping service: somebody sends it by hand.
   * @throws ConnectError
   */
  arrange(order: { orderId: string } & Goods): Promise<string | undefined>
  /** Calls it off; where there is no shipping service there is nothing to call off. @throws ConnectError */
  cancel(orderId: string): Promise<void>
}

export interface ShippingOptions {
  /** gRPC port of the sidecar. */
  port: number
  apiToken: string | undefined
  flatCents: number
}

/** Time-outs in milliseconds: a customer waits for a quote, nobody for the rest. */
const patience = { quote: 1_000, rest: 5_000 }

/**
 * The shipping service, called over gRPC through the sidecars of both.
 * Source: https://docs.dapr.io/developing-applications/building-blocks/service-invocation/howto-invoke-services-grpc/
 */
export function createShipping({ port, apiToken, flatCents }: ShippingOptions): Shipping {
  const address: Interceptor = next => request => {
    request.header.set('dapr-app-id', 'shipping')
    if (apiToken) request.header.set('dapr-api-token', apiToken)
    return next(request)
  }
  const transport = createGrpcTransport({ baseUrl: `http://127.0.0.1:${port}`, interceptors: [address] })
  const client = createClient(ShippingService, transport)

  return {
    async quote(units, country = '') {
      try {
        return (await client.quote({ units, country }, { timeoutMs: patience.quote })).priceCents
      } catch {
        return flatCents
      }
    },

    async arrange({ orderId, customerId, country = '', lines, shippingCents }) {
      const units = unitsOf(lines)
      const request = { orderId, customerId, country, units, priceCents: shippingCents }
      const shipment = await client.arrange(request, { timeoutMs: patience.rest }).catch(unlessAbsent)
      return shipment?.trackingNumber
    },

    async cancel(orderId) {
      await client.cancel({ orderId }, { timeoutMs: patience.rest }).catch(unlessAbsent)
    },
  }
}

export function unitsOf(lines: readonly { quantity: number }[]): number {
  return lines.reduce((sum, { quantity }) => sum + quantity, 0)
}

/** No app of this name has ever been there: nothing can have been arranged. Anything else may pass, or have happened. */
function unlessAbsent(error: unknown): undefined {
  const { code, rawMessage } = ConnectError.from(error)
  const isAbsent = /couldn't find service|no host found|failed to resolve|no such host/i.test(rawMessage)
  if (isAbsent && code !== Code.DeadlineExceeded) return undefined
  throw error
}
