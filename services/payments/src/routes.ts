import { Problem } from '@shop/chassis/problem'
import { authorisePayment, getPayment, putCard, voidPayment } from '@shop/payments-contract'
import { Elysia } from 'elysia'
import { route } from 'elysia-dapr'
import { PaymentRefused } from './payment.ts'
import type { Payments } from './payments.ts'

export function routes(payments: Payments) {
  return new Elysia()
    .use(route(putCard, ({ params, body }) => payments.keepCard(params.customerId, body.token)))
    .use(route(authorisePayment, ({ body }) => payments.authorise(body).catch(refuse)))
    .use(route(voidPayment, ({ params }) => payments.callOff(params.orderId).catch(refuse)))
    .use(
      route(getPayment, async ({ params }) => {
        const payment = await payments.find(params.orderId)
        if (payment) return payment
        throw new Problem(404, 'payment-unknown', `Nothing was asked for order ${params.orderId}.`)
      }),
    )
}

function refuse(error: unknown): never {
  if (!(error instanceof PaymentRefused)) throw error
  throw new Problem(error.code === 'payment-captured' ? 409 : 422, error.code, error.message)
}
