import { Code, ConnectError, createClient } from '@connectrpc/connect'
import { grpcTransport } from '@shop/chassis/grpc-transport'
import { ShippingService } from '@shop/shipping-contract/grpc'
import type { Goods } from './order.ts'

export interface Shipping {
  /** What it costs, in cents: the flat price while the shipping service does not answer. */
  quote(units: number, country: string | undefined): Promise<number>
  /**
   * Arranges the shipment of an order, once. No tracking number where there is no shipping service: somebody sends it by
   * hand.
   * @throws ConnectError when it may be arranged, or may be later
   */
  arrange(order: { orderId: string } & Goods): Promise<{ trackingNumber?: string; refusal?: string }>
  /**
   * Calls it off. Where there is no shipping service there is nothing to call off, unless it `isKnownThere`.
   * @throws ConnectError when it may not be called off
   */
  cancel(orderId: string, options: { isKnownThere: boolean }): Promise<void>
}

export interface ShippingOptions {
  /** gRPC port of the sidecar. */
  port: number
  apiToken: string | undefined
  flatCents: number
  /** Whether it has done something for an order before; it may have done so in another process. @default false */
  wasThere?: boolean
}

/** Time-outs in milliseconds: a customer waits for a quote, nobody for the rest. */
const patience = { quote: 1_000, rest: 5_000 }

/** The shipping service, called over gRPC. A shop may run without one. */
export function createShipping({
  port,
  apiToken,
  flatCents,
  wasThere: wasThereBefore = false,
}: ShippingOptions): Shipping {
  const client = createClient(ShippingService, grpcTransport({ appId: 'shipping', port, apiToken }))
  /** One that has answered is only away for a while: a sidecar that ends in order takes its name along. */
  let wasThere = wasThereBefore

  async function answerOf<Answer>(call: Promise<Answer>): Promise<Answer> {
    const answer = await call
    wasThere = true
    return answer
  }

  return {
    async quote(units, country = '') {
      try {
        const call = client.quote({ units, country }, { timeoutMs: patience.quote })
        return (await answerOf(call)).priceCents
      } catch {
        return flatCents
      }
    },

    async arrange({ orderId, customerId, country = '', lines, shippingCents }) {
      const units = unitsOf(lines)
      const request = { orderId, customerId, country, units, priceCents: shippingCents }
      try {
        const call = client.arrange(request, { timeoutMs: patience.rest })
        return { trackingNumber: (await answerOf(call)).trackingNumber }
      } catch (error) {
        if (refusals.includes(ConnectError.from(error).code)) return { refusal: 'shipping-refused' }
        // any price but the flat one is its own
        if (isAbsence(error) && !wasThere && shippingCents === flatCents) return {}
        throw error
      }
    },

    async cancel(orderId, { isKnownThere }) {
      try {
        await answerOf(client.cancel({ orderId }, { timeoutMs: patience.rest }))
      } catch (error) {
        if (!isAbsence(error) || wasThere || isKnownThere) throw error
      }
    },
  }
}

export function unitsOf(lines: readonly { quantity: number }[]): number {
  return lines.reduce((sum, { quantity }) => sum + quantity, 0)
}

/** What another attempt would not change; see shipping.proto. */
const refusals: Code[] = [Code.InvalidArgument, Code.FailedPrecondition, Code.AlreadyExists]

/** No app has the name now, in the words of name resolution by SQLite, and by DNS on Kubernetes. */
function isAbsence(error: unknown): boolean {
  const { rawMessage } = ConnectError.from(error)
  return /no host found|no such host|produced zero addresses/.test(rawMessage)
}
