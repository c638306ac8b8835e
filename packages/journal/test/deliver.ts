import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import { type CloudEvent, dapr, topic } from 'elysia-dapr'
import { fakeDaprd, type Verdict } from 'elysia-dapr/testing'

/** Delivers events to the subscriptions of an app as daprd does. */
export function deliverer(subscriptions: Elysia): (event: CloudEvent) => Promise<Verdict> {
  const app = new Elysia().use(dapr({ appToken: 'token' })).use(subscriptions)
  const daprd = fakeDaprd(app, { appToken: 'token' })
  return ({ topic: name, id, source, data }) =>
    daprd.deliver(topic('pubsub', name, Type.Unknown()), data, { id, source })
}

/** As daprd delivers it. */
export function cloudEvent(topic: string, id: string, data: unknown): CloudEvent {
  const fixed = { specversion: '1.0', type: 'com.dapr.event.sent', source: 'orders', pubsubname: 'pubsub' }
  return { ...fixed, datacontenttype: 'application/json', topic, id, data } as CloudEvent
}
