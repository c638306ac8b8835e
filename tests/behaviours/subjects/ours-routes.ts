import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import { endpoint, route } from 'elysia-dapr'
import { report } from './report.ts'

const take = endpoint({ method: 'POST', path: '/take', body: Type.Unknown() })
const zero = endpoint({ method: 'GET', path: '/zero', response: Type.Integer() })
const nothing = endpoint({ method: 'GET', path: '/nothing' })
const fail = endpoint({ method: 'GET', path: '/throw' })

/** What other apps call. */
export const routes = new Elysia()
  .use(route(take, ({ body }) => report('take', body, body)))
  .use(route(zero, () => 0))
  .use(route(nothing, () => undefined))
  .use(
    route(fail, () => {
      throw new Error('the database is locked')
    }),
  )
