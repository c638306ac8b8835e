import { DaprPubSubStatusEnum, type DaprServer } from '@dapr/dapr'
import { pubsub as component } from './protocol.ts'
import { report } from './report.ts'
import { activeTrace } from './trace.ts'

/** A handler that reports what it is given and is done. */
const telling = (handler: string) => async (data: unknown, headers: object) =>
  report(handler, data, [data, headers])

/** A handler that reports what it is given, and fails with an event that says so. */
const failing = (handler: string) => async (data: unknown, headers: object) => {
  report(handler, data, [data, headers])
  if (data === 'fail') throw new Error('the database is locked')
}

/** A handler that reports what it is given, and answers an event that fails with a status. */
const answering =
  (handler: string, status: DaprPubSubStatusEnum) => async (data: unknown, headers: object) => {
    report(handler, data, [data, headers])
    return data === 'fail' ? status : DaprPubSubStatusEnum.SUCCESS
  }

export async function subscribe({ pubsub }: DaprServer): Promise<void> {
  for (const topic of ['object', 'falsy', 'identity', 'private', 'dropping-dead', 'checked-dead']) {
    await pubsub.subscribe(component, topic, telling(topic))
  }
  await pubsub.subscribe(component, 'traced', async (data: unknown, headers: object) =>
    report('traced', activeTrace(), [data, headers]),
  )
  await pubsub.subscribe(component, 'raw', telling('raw'), undefined, { rawPayload: true })
  await pubsub.subscribe(component, 'set', telling('set'), undefined, { group: 'a' })
  await pubsub.subscribe(component, 'throwing', failing('throwing'))
  await pubsub.subscribe(component, 'retrying', answering('retrying', DaprPubSubStatusEnum.RETRY))
  await pubsub.subscribeWithOptions(component, 'dropping', {
    deadLetterTopic: 'dropping-dead',
    callback: answering('dropping', DaprPubSubStatusEnum.DROP),
  })
  await pubsub.subscribeWithOptions(component, 'checked', {
    deadLetterTopic: 'checked-dead',
    callback: telling('checked'),
  })
  await pubsub.subscribeWithOptions(component, 'letters', {
    deadLetterTopic: 'letters-dead',
    deadLetterCallback: telling('letters-dead'),
    callback: answering('letters', DaprPubSubStatusEnum.DROP),
  })
  await pubsub.subscribeBulk(component, 'bulk', failing('bulk'))
  await pubsub.subscribeWithOptions(component, 'ruled', {
    route: { rules: [{ match: 'event.data.kind == "paid"', path: '/paid' }] },
    callback: telling('ruled'),
  })
}

/** What should be an error at the start. */
export async function subscribeByMistake({ pubsub }: DaprServer, name: string | undefined): Promise<void> {
  if (name === 'duplicate') await pubsub.subscribe(component, 'object', telling('object'), 'again')
}
