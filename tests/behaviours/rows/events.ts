import { isDeepStrictEqual } from 'node:util'
import { freePorts } from '../../../packages/elysia-dapr/src/testing/ports.ts'
import type { Behaviour } from '../behaviour.ts'
import type { Peer } from '../peer.ts'
import { startSubject } from '../peer.ts'

/** Waits until all that was published to a topic before is done with: its deliveries come one after the other. */
async function settle(peer: Peer, topic: string, last: unknown): Promise<void> {
  await peer.publish(topic, last)
  await peer.reported(topic, ({ data }) => isDeepStrictEqual(data, last))
}

export const events: Behaviour[] = [
  {
    id: 'event-object',
    sentence: 'An event with an object for its data',
    expected: 'arrives as it was sent',
    async run(peer) {
      const data = { number: 1, lines: [{ sku: 'a', units: 2 }], note: 'Größe ≤ 2 🙂' }
      await peer.publish('object', data)
      const report = await peer.reported('object')
      return isDeepStrictEqual(report.data, data) ? 'arrives as it was sent' : JSON.stringify(report.data)
    },
  },
  {
    id: 'event-falsy',
    sentence: 'Events whose data are `0`, `false` and `""`',
    expected: 'arrive as they were sent',
    async run(peer) {
      const sent = [0, false, '']
      for (const data of sent) await peer.publish('falsy', data)
      await settle(peer, 'falsy', 'last')
      const received = (await peer.reports('falsy')).map(({ data }) => data).slice(0, -1)
      if (isDeepStrictEqual(received, sent)) return 'arrive as they were sent'
      const isEnvelope = (data: unknown) => typeof data === 'object' && data !== null && 'specversion' in data
      return received.every(isEnvelope)
        ? 'the whole envelope arrives in their place'
        : JSON.stringify(received)
    },
  },
  {
    id: 'event-throw',
    sentence: 'A handler throws',
    expected: 'the event is tried again',
    async run(peer) {
      const attempts = await attemptsOf(peer, 'throwing')
      return attempts > 1 ? 'the event is tried again' : 'the event is acknowledged, and lost'
    },
  },
  {
    id: 'event-drop',
    sentence: 'A handler gives an event up by what it returns',
    expected: 'the event goes to the dead-letter topic at once',
    async run(peer) {
      const attempts = await attemptsOf(peer, 'dropping')
      await settle(peer, 'dropping-dead', 'last')
      const isDead = (await peer.reports('dropping-dead')).some(({ data }) => data === 'fail')
      if (!isDead) return 'the event is lost'
      return attempts === 1 ? 'the event goes to the dead-letter topic at once' : `${attempts} attempts`
    },
  },
  {
    id: 'event-invalid',
    sentence: 'Data that do not fit the schema of the topic',
    expected: 'go to the dead-letter topic, and never to the handler',
    async run(peer) {
      const data = { units: 'three' }
      await peer.publish('checked', data)
      await settle(peer, 'checked', { units: 1 })
      if ((await peer.reports('checked')).some(report => isDeepStrictEqual(report.data, data)))
        return 'go to the handler: there are no schemas'
      await settle(peer, 'checked-dead', 'last')
      const isDead = (await peer.reports('checked-dead')).some(report => isDeepStrictEqual(report.data, data))
      return isDead ? 'go to the dead-letter topic, and never to the handler' : 'are lost'
    },
  },
  {
    id: 'event-identity',
    sentence: 'The id, type and source of an event',
    expected: 'are given to the handler',
    async run(peer) {
      const [id, type, source] = ['id-of-this-event', 'order.placed.v2', 'urn:shop:till-7']
      const data = { identified: true }
      const envelope = { specversion: '1.0', id, type, source, datacontenttype: 'application/json', data }
      await peer.publish('identity', envelope, { type: 'application/cloudevents+json' })
      const { given } = await peer.reported('identity')
      const text = JSON.stringify(given)
      const found = [id, type, source].filter(value => text.includes(value))
      if (found.length === 3) return 'are given to the handler'
      return found.length === 0 ? 'are kept from the handler' : `only ${found.join(', ')}`
    },
  },
  {
    id: 'event-retry',
    sentence: 'A handler asks for another attempt by what it returns',
    expected: 'the event is tried again',
    async run(peer) {
      const attempts = await attemptsOf(peer, 'retrying')
      return attempts > 1 ? 'the event is tried again' : 'the event is acknowledged, and lost'
    },
  },
  {
    id: 'event-bulk',
    sentence: 'An event of a bulk subscription, whose handler throws',
    expected: 'the event is tried again',
    async run(peer) {
      const attempts = await attemptsOf(peer, 'bulk')
      return attempts > 1 ? 'the event is tried again' : 'the event is acknowledged, and lost'
    },
  },
  {
    id: 'event-dead-letters',
    sentence: 'The handler for the dead letters of a topic',
    expected: 'is called',
    async run(peer) {
      await attemptsOf(peer, 'letters')
      if (!(await subscriptionTo(peer, 'letters-dead'))) return 'is never called: nothing subscribes'
      await peer.reported('letters-dead', ({ data }) => data === 'fail')
      return 'is called'
    },
  },
  {
    id: 'event-trace',
    sentence: "The publisher's trace",
    expected: 'is active in the handler',
    async run(peer) {
      const trace = '0af7651916cd43dd8448eb211c80319c'
      await peer.publish('traced', 'data', { headers: { traceparent: `00-${trace}-b7ad6b7169203331-01` } })
      const { data, given } = await peer.reported('traced')
      if (data === trace) return 'is active in the handler'
      return JSON.stringify(given).includes(trace) ? 'is in the headers, for the handler to read' : 'is lost'
    },
  },
  {
    id: 'event-raw',
    sentence: 'A message that is no CloudEvent, for a subscription with `rawPayload`',
    expected: 'arrives as it was sent',
    async run(peer) {
      const data = { raw: 'Größe ≤ 2 🙂' }
      await peer.publish('raw', data, { metadata: { rawPayload: 'true' } })
      const report = await peer.reported('raw')
      return isDeepStrictEqual(report.data, data) ? 'arrives as it was sent' : JSON.stringify(report.data)
    },
  },
  {
    id: 'event-metadata',
    sentence: 'A setting of a subscription that is a text, `group: "a"`',
    expected: 'is `a` for daprd',
    run: async peer => `is \`${(await subscriptionTo(peer, 'set'))?.metadata?.group}\` for daprd`,
  },
  {
    id: 'event-duplicate',
    sentence: 'Two subscriptions to one topic in one app',
    expected: 'are an error at the start',
    run: async peer => ((await starts(peer, 'duplicate')) ? 'are taken' : 'are an error at the start'),
  },
  {
    id: 'event-rules',
    sentence: 'Rules by content, and no handler for what none of them matches',
    expected: 'are an error at the start',
    async run(peer) {
      if (!(await starts(peer, 'rules'))) return 'are an error at the start'
      await peer.publish('ruled', { kind: 'placed' })
      await settle(peer, 'ruled', { kind: 'paid' })
      const isLost = (await peer.reports('ruled')).length === 1
      return isLost ? 'are taken, and such an event is lost' : 'are taken, and such an event is delivered'
    },
  },
]

/** What daprd knows of the subscription to a topic. */
async function subscriptionTo({ sidecar }: Peer, topic: string) {
  const answer = await sidecar.request('/v1.0/metadata')
  const { subscriptions } = (await answer.json()) as {
    subscriptions: { topic: string; metadata?: Record<string, string> }[]
  }
  return subscriptions.find(subscription => subscription.topic === topic)
}

/** How often the handler of a topic is called with an event that it fails with. */
async function attemptsOf(peer: Peer, topic: string): Promise<number> {
  await peer.publish(topic, 'fail')
  await settle(peer, topic, 'last')
  return (await peer.reports(topic)).filter(({ data }) => data === 'fail').length
}

/** Whether the subject starts with something that is wrong. */
async function starts({ name, sidecar }: Peer, mistake: string): Promise<boolean> {
  const [port] = await freePorts(1)
  await using subject = startSubject(name, {
    APP_PORT: `${port}`,
    DAPR_HTTP_PORT: `${sidecar.ports.http}`,
    DAPR_API_TOKEN: sidecar.apiToken,
    MISTAKE: mistake,
  })
  return await subject.ready.then(
    () => true,
    () => false,
  )
}
