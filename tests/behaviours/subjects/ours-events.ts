import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import { type CloudEvent, drop, retry, subscribe, subscribeBulk, topic } from 'elysia-dapr'
import { pubsub } from './protocol.ts'
import { report } from './report.ts'
import { activeTrace } from './trace.ts'

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

/** A handler that reports what it is given, and fails with an event that says so. */
const failing = (handler: string) => (given: Given) => {
  tell(handler, given)
  if (given.data === 'fail') throw new Error('the database is locked')
}

export const events = new Elysia()
  .use(subscribe(unknown('object'), telling('object')))
  .use(subscribe(unknown('falsy'), telling('falsy')))
  .use(subscribe(unknown('identity'), telling('identity')))
  .use(subscribe(unknown('private'), telling('private')))
  .use(subscribe(unknown('traced'), ({ event }) => report('traced', activeTrace(), event)))
  .use(subscribe(unknown('raw'), telling('raw'), { raw: true }))
  .use(subscribe(unknown('set'), telling('set'), { metadata: { group: 'a' } }))
  .use(subscribe(unknown('throwing'), failing('throwing')))
  .use(
    subscribe(unknown('retrying'), given => {
      tell('retrying', given)
      return given.data === 'fail' ? retry('not yet') : undefined
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
  .use(subscribe(unknown('letters'), failing('letters'), { deadLetterTopic: 'letters-dead' }))
  .use(subscribe(unknown('letters-dead'), telling('letters-dead')))
  .use(
    subscribeBulk(unknown('bulk'), ({ entries, headers }) => {
      for (const entry of entries) failing('bulk')({ ...entry, headers })
    }),
  )

/** What should be an error at the start. */
export function mistakes(name: string | undefined): (() => Elysia)[] {
  const add = {
    duplicate: () => subscribe(unknown('object'), telling('object'), { route: '/again' }),
    rules: () => subscribe(unknown('ruled'), telling('ruled'), { match: 'event.data.kind == "paid"' }),
  }[name ?? '']
  return add ? [add] : []
}
