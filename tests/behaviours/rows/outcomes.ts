import type { Behaviour } from '../behaviour.ts'
import type { Peer } from '../peer.ts'
import { settle, subscriptionTo } from './settle.ts'

export const outcomes: Behaviour[] = [
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
    id: 'event-bulk',
    sentence: 'An event of a bulk subscription, whose handler throws',
    expected: 'the event is tried again',
    async run(peer) {
      const attempts = await attemptsOf(peer, 'bulk')
      return attempts > 1 ? 'the event is tried again' : 'the event is acknowledged, and lost'
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
]

/** How often the handler of a topic is called with an event that it fails with. */
async function attemptsOf(peer: Peer, topic: string): Promise<number> {
  await peer.publish(topic, 'fail')
  await settle(peer, topic, 'last')
  return (await peer.reports(topic)).filter(({ data }) => data === 'fail').length
}
