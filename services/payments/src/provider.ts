import { Type } from '@sinclair/typebox'
import { BindingError, binding, DaprError, invokeBinding, type Sidecar } from 'elysia-dapr'
import type { Step } from './next-step.ts'
import type { Charge } from './payment.ts'

const ProviderCharge = Type.Object({
  id: Type.String(),
  status: Type.Union([Type.Literal('authorised'), Type.Literal('declined'), Type.Literal('voided')]),
  reason: Type.Optional(Type.String()),
  amountCents: Type.Integer({ minimum: 0 }),
  capturedCents: Type.Integer({ minimum: 0 }),
  refundedCents: Type.Integer({ minimum: 0 }),
})

const name = 'payment-provider'
const charge = binding(name, { response: ProviderCharge })
const charges = binding(name, { response: Type.Array(ProviderCharge) })

/**
 * The provider could not be asked, or its answer is of no use; whether anything was done is not known. `retryable` says
 * whether the same step may succeed later; to ask again is never wrong.
 */
export class ProviderFault extends DaprError {
  override readonly name = 'ProviderFault'
}

type Authorise = Extract<Step, { type: 'authorise' }>

/** Each step is done once, however often it is asked for. A card that is declined is an answer. */
export interface Provider {
  /** @throws ProviderFault */
  authorise(step: Authorise, card: string): Promise<Charge>
  /** @throws ProviderFault */
  carryOut(step: Exclude<Step, Authorise>): Promise<Charge>
}

/**
 * The payment provider behind the sidecar's output binding `payment-provider`, a `bindings.http` whose component YAML
 * has its address and key. How often it is tried again, and when it is left alone, is written in dapr/resiliency.
 */
export function paymentProvider(dapr: Sidecar): Provider {
  async function post(path: string, key: string, data?: unknown): Promise<Charge> {
    // Names that begin with a capital letter become headers of the request.
    const metadata = { path, 'Idempotency-Key': key }
    return (await invokeBinding(dapr, charge, 'post', data, { metadata })).data
  }

  /** The card was replaced while an answer was outstanding: what the provider has done is the answer. */
  async function findFirst({ reference, amountCents }: Authorise): Promise<Charge | undefined> {
    const path = `/v1/charges?${new URLSearchParams({ reference })}`
    const { data } = await invokeBinding(dapr, charges, 'get', undefined, { metadata: { path } })
    return data.find(found => found.amountCents === amountCents)
  }

  return {
    async authorise(step, card) {
      const { key, reference, amountCents } = step
      try {
        return await post('/v1/charges', key, { amountCents, currency: 'USD', card, reference })
      } catch (error) {
        const first = statusOf(error) === 422 ? await findFirst(step).catch(failed) : undefined
        return first ?? failed(error)
      }
    },

    async carryOut(step) {
      const path = `/v1/charges/${step.chargeId}`
      const { key } = step
      switch (step.type) {
        case 'capture':
          return await post(`${path}/captures`, key, { amountCents: step.amountCents }).catch(failed)
        case 'refund':
          return await post(`${path}/refunds`, key, { amountCents: step.amountCents }).catch(failed)
        case 'void':
          return await post(`${path}/void`, key).catch(failed)
      }
    },
  }
}

function failed(error: unknown): never {
  if (!(error instanceof DaprError)) throw error
  const { message, code, retryable } = error
  throw new ProviderFault(message, { status: statusOf(error), code, cause: error, retryable })
}

/** What the provider itself has answered, 0 when that is not known. */
function statusOf(error: unknown): number {
  return error instanceof BindingError ? Number(error.metadata.statuscode ?? 0) : 0
}
