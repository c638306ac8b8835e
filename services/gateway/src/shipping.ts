import { Code, ConnectError, createClient } from '@connectrpc/connect'
import { grpcTransport } from '@shop/chassis/grpc-transport'
import { Problem } from '@shop/chassis/problem'
import type { Shipment } from '@shop/shipping-contract'
import { type Shipment as Message, ShippingService, Status } from '@shop/shipping-contract/grpc'
import { InvokeError } from 'elysia-dapr'

export interface Shipping {
  /** @throws Problem 404 or 422, InvokeError */
  get(orderId: string, signal?: AbortSignal): Promise<Shipment>
}

/** Longest time for a call, in milliseconds. */
const timeoutMs = 2_000

/**
 * The shipping service, called over gRPC; `port` is the gRPC port of the own sidecar.
 */
export function createShipping({ port, apiToken }: { port: number; apiToken: string | undefined }): Shipping {
  const transport = grpcTransport({ appId: 'shipping', port, apiToken })
  const client = createClient(ShippingService, transport)

  return {
    async get(orderId, signal) {
      try {
        return toShipment(await client.get({ orderId }, { timeoutMs, ...(signal && { signal }) }))
      } catch (error) {
        throw toFailure(ConnectError.from(error), orderId, signal)
      }
    },
  }
}

/** What was called off before it was arranged has a status and nothing else: an empty text means that there is none. */
function toShipment({
  orderId,
  trackingNumber,
  carrier,
  country,
  units,
  priceCents,
  status,
}: Message): Shipment {
  return {
    orderId,
    status: status === Status.CANCELLED ? 'cancelled' : 'arranged',
    ...(trackingNumber && { trackingNumber }),
    ...(carrier && { carrier }),
    ...(country && { country }),
    units,
    priceCents,
  }
}

/** Of an app that is not there the sidecar says UNKNOWN; of one that fails, its gRPC library INTERNAL. */
const mayPass = new Set<Code>([
  Code.Unavailable,
  Code.DeadlineExceeded,
  Code.ResourceExhausted,
  Code.Aborted,
  Code.Unknown,
  Code.Internal,
])

function toFailure(cause: ConnectError, orderId: string, signal?: AbortSignal): Error {
  switch (cause.code) {
    case Code.NotFound:
      return new Problem(404, 'shipment-unknown', `There is no shipment of order ${orderId}.`)
    case Code.InvalidArgument:
      return new Problem(422, 'invalid-request', 'The path is not valid.')
    default: {
      const code = signal?.aborted ? 'ABORTED' : Code[cause.code]
      return new InvokeError('shipping', 'Get', { code, cause, retryable: mayPass.has(cause.code) })
    }
  }
}
