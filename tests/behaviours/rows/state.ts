import type { Behaviour } from '../behaviour.ts'
import type { Observer } from '../observer.ts'
import { store } from '../subjects/protocol.ts'
import { errorOf, failure } from './failure.ts'

export const state: Behaviour[] = [
  {
    id: 'state-object',
    sentence: 'An object that is saved, and read again',
    expected: 'is the same',
    async run({ name, call }) {
      const value = { note: 'Größe ≤ 2 🙂', number: 1 }
      const key = `object-${name}`
      await call('save', [store, key, value])
      const outcome = JSON.stringify(await call('read', [store, key]))
      return outcome.includes(JSON.stringify(value)) ? 'is the same' : outcome
    },
  },
  {
    id: 'state-key',
    sentence: 'A key with `?` and `#` in it',
    expected: 'is read as it was saved',
    async run({ name, call }) {
      const key = `what?#${name}`
      await call('save', [store, key, 'kept'])
      const outcome = JSON.stringify(await call('read', [store, key]))
      return outcome.includes('kept') ? 'is read as it was saved' : 'is not found'
    },
  },
  {
    id: 'state-etag',
    sentence: 'The ETag of a value that is read',
    expected: 'comes with the value',
    async run({ name, call, observer }) {
      const key = `etag-${name}`
      await call('save', [store, key, 'one'])
      const etag = await etagOf(observer, key)
      const outcome = JSON.stringify(await call('read', [store, key]))
      return outcome.includes(etag) ? 'comes with the value' : 'cannot be had'
    },
  },
  {
    id: 'state-conflict',
    sentence: 'Saving over what somebody else has changed meanwhile',
    expected: 'rejects, with an error of its own kind',
    async run({ name, call, observer }) {
      const key = `conflict-${name}`
      await call('save', [store, key, 'one'])
      const etag = await etagOf(observer, key)
      await call('save', [store, key, 'two'])
      const outcome = await call('save', [store, key, 'three', etag])
      const other = errorOf(await call('save', ['no-such-store', key, 'three']))
      const error = errorOf(outcome)
      if (!error) return 'overwrites it'
      const isOfItsOwn = error.name !== other?.name || error.code !== other?.code
      return `${failure(outcome)}, ${isOfItsOwn ? 'with an error of its own kind' : 'like every other failure'}`
    },
  },
  {
    id: 'state-failure',
    sentence: 'Saving that fails',
    expected: 'rejects',
    run: async ({ call }) => failure(await call('save', ['no-such-store', 'key', {}])),
  },
]

async function etagOf({ sidecar }: Observer, key: string): Promise<string> {
  const answer = await sidecar.request(`/v1.0/state/${store}/${key}`)
  const etag = answer.headers.get('etag')
  if (!etag) throw new Error(`${key} has no ETag: ${answer.status}`)
  return etag
}
