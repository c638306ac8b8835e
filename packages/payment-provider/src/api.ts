import { Type } from '@sinclair/typebox'
import { endpoint, problem } from 'elysia-dapr/contract'

const Cents = Type.Integer({ minimum: 0, maximum: 100_000_000 })
const Reference = Type.String({ minLength: 1, maxLength: 100 })

const Charge = Type.Object({
  id: Type.String(),
  reference: Reference,
  status: Type.Union([Type.Literal('authorised'), Type.Literal('declined'), Type.Literal('voided')]),
  reason: Type.Optional(Type.String()),
  amountCents: Cents,
  capturedCents: Cents,
  refundedCents: Cents,
})

const params = Type.Object({ id: Type.String({ pattern: '^ch_[0-9a-f-]{36}$' }) })
const headers = Type.Object({ 'idempotency-key': Type.String({ pattern: '^[\\x21-\\x7e]{1,128}$' }) })
const Amount = Type.Object({ amountCents: Cents })

const errors = {
  404: problem('charge-unknown'),
  409: problem(
    'capture-exceeds-charge',
    'refund-exceeds-capture',
    'charge-captured',
    'charge-declined',
    'charge-voided',
  ),
  422: problem('idempotency-key-reused'),
}

/** A card that is declined is an answer (200), and no error. */
export const createCharge = endpoint({
  method: 'POST',
  path: '/v1/charges',
  headers,
  body: Type.Object({
    amountCents: Cents,
    currency: Type.Literal('USD'),
    card: Type.String({ pattern: '^tok_[A-Za-z0-9_-]{1,100}$' }),
    reference: Reference,
  }),
  response: Charge,
  errors,
})

export const captureCharge = endpoint({
  method: 'POST',
  path: '/v1/charges/:id/captures',
  params,
  headers,
  body: Amount,
  response: Charge,
  errors,
})

export const refundCharge = endpoint({
  method: 'POST',
  path: '/v1/charges/:id/refunds',
  params,
  headers,
  body: Amount,
  response: Charge,
  errors,
})

export const voidCharge = endpoint({
  method: 'POST',
  path: '/v1/charges/:id/void',
  params,
  headers,
  response: Charge,
  errors,
})

export const getCharge = endpoint({
  method: 'GET',
  path: '/v1/charges/:id',
  params,
  response: Charge,
  errors,
})

/** The oldest first, at most 500; `after` takes the `id` of the last one of the page before. */
export const listCharges = endpoint({
  method: 'GET',
  path: '/v1/charges',
  query: Type.Object({ reference: Type.Optional(Reference), after: Type.Optional(params.properties.id) }),
  response: Type.Array(Charge),
})

export const FaultPlan = Type.Object({
  failNext: Type.Optional(
    Type.Integer({ minimum: 0, description: 'So many requests from now on answer 503' }),
  ),
  failEvery: Type.Optional(Type.Integer({ minimum: 1, description: 'Each so many-th request answers 503' })),
  loseAnswerEvery: Type.Optional(
    Type.Integer({ minimum: 1, description: 'Each so many-th change is done and answers 500' }),
  ),
  delayMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 60_000 })),
})

/** Replaces the faults on purpose. */
export const setFaults = endpoint({
  method: 'PUT',
  path: '/v1/faults',
  body: FaultPlan,
  response: FaultPlan,
})

export const clearFaults = endpoint({ method: 'DELETE', path: '/v1/faults' })
