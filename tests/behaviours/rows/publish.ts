import { isDeepStrictEqual } from 'node:util'
import type { Behaviour } from '../behaviour.ts'
import { topicFor } from '../observer.ts'
import { brokered, pubsub } from '../subjects/protocol.ts'
import { errorOf, failure } from './failure.ts'

export const publishing: Behaviour[] = [
  {
    id: 'publish-object',
    sentence: 'Publishing an object',
    expected: 'it arrives as JSON',
    async run({ name, call, observer }) {
      const data = { number: 1, note: 'Größe ≤ 2 🙂' }
      await call('publish', [pubsub, topicFor('object', name), data])
      const event = await observer.received(topicFor('object', name))
      return isDeepStrictEqual(event.data, data) ? 'it arrives as JSON' : JSON.stringify(event)
    },
  },
  {
    id: 'publish-falsy',
    sentence: 'Publishing `0`, `false` and `""`, of which the types of @dapr/dapr allow the last',
    expected: 'they arrive as they were sent',
    async run({ name, call, observer }) {
      const changed: string[] = []
      for (const [row, data] of [
        ['zero', 0],
        ['false', false],
        ['empty', ''],
      ] as const) {
        await call('publish', [pubsub, topicFor(row, name), data])
        const event = await observer.received(topicFor(row, name))
        if (event.data !== data)
          changed.push(`\`${JSON.stringify(data)}\` as \`${JSON.stringify(event.data)}\``)
      }
      return changed.length === 0
        ? 'they arrive as they were sent'
        : `${changed.join(' and ')}, the others as they were sent`
    },
  },
  {
    id: 'publish-instance',
    sentence: 'Publishing an instance of a class',
    expected: 'it arrives as JSON',
    async run({ name, call, observer }) {
      await call('publishInstance', [pubsub, topicFor('instance', name), 1])
      const { data, data_base64 } = await observer.received(topicFor('instance', name))
      if (isDeepStrictEqual(data, { number: 1 })) return 'it arrives as JSON'
      const text =
        data_base64 === undefined ? JSON.stringify(data) : Buffer.from(data_base64, 'base64').toString()
      return `it arrives as the text \`${text}\``
    },
  },
  {
    id: 'publish-failure',
    sentence: 'Publishing that fails',
    expected: 'rejects',
    run: async ({ call }) => failure(await call('publish', ['no-such-pubsub', 'topic', {}])),
  },
  {
    id: 'publish-bulk',
    sentence: 'Publishing two events at once, of which the broker cannot take the second',
    expected: 'rejects, and names the second',
    async run({ call }) {
      const outcome = await call('publishMany', [brokered, 'many'])
      const error = errorOf(outcome)
      const text = JSON.stringify(error ?? outcome)
      if (!error)
        return /two|perhaps/.test(text) ? 'resolves, and names the second' : 'resolves, and names none'
      return text.includes('"index":1') && !text.includes('"index":0')
        ? 'rejects, and names the second'
        : text
    },
  },
]
