import { isDeepStrictEqual } from 'node:util'
import type { Behaviour } from '../behaviour.ts'
import { settle } from './settle.ts'

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
]
