// Elysia with elysia-dapr, as its README shows it.
import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import { type CloudEvent, dapr, drop, endpoint, route, subscribe, topic } from 'elysia-dapr'
import { calls } from './ours-calls.ts'
import { pubsub } from './protocol.ts'
import { ready, report } from './report.ts'

const unknown = (name: string) => topic(pubsub, name, Type.Unknown())
const checked = topic(pubsub, 'checked', Type.Object({ units: Type.Integer() }))

interface Given {
  data: unknown
  event: CloudEvent
  headers: Headers
}

function tell(handler: string, { data, event, headers }: Given): void {
  report(handler, data, { event, headers: Object.fromEntries(headers) })
}

/** A handler that reports what it is given and is done. */
const telling = (handler: string) => (given: Given) => tell(handler, given)

const app = new Elysia()
  .use(dapr())
  .use(subscribe(unknown('object'), telling('object')))
  .use(subscribe(unknown('falsy'), telling('falsy')))
  .use(subscribe(unknown('identity'), telling('identity')))
  .use(subscribe(unknown('private'), telling('private')))
  .use(
    subscribe(unknown('throwing'), given => {
      tell('throwing', given)
      if (given.data === 'fail') throw new Error('the database is locked')
    }),
  )
  .use(
    subscribe(
      unknown('dropping'),
      given => {
        tell('dropping', given)
        return given.data === 'fail' ? drop('no such order') : undefined
      },
      { deadLetterTopic: 'dropping-dead' },
    ),
  )
  .use(subscribe(unknown('dropping-dead'), telling('dropping-dead')))
  .use(subscribe(checked, telling('checked'), { deadLetterTopic: 'checked-dead' }))
  .use(subscribe(unknown('checked-dead'), telling('checked-dead')))

app
  .use(
    route(endpoint({ method: 'POST', path: '/take', body: Type.Unknown() }), ({ body }) =>
      report('take', body, body),
    ),
  )
  .use(route(endpoint({ method: 'GET', path: '/zero', response: Type.Integer() }), () => 0))
  .use(route(endpoint({ method: 'GET', path: '/nothing' }), () => undefined))
  .use(
    route(endpoint({ method: 'GET', path: '/throw' }), () => {
      throw new Error('the database is locked')
    }),
  )

if (process.env.DUPLICATE) app.use(subscribe(unknown('object'), telling('object'), { route: '/again' }))

app.listen({ hostname: '127.0.0.1', port: Number(process.env.APP_PORT) })
ready(calls)
