import { freePorts } from '../../../packages/elysia-dapr/src/testing/ports.ts'
import type { Behaviour } from '../behaviour.ts'
import type { Peer } from '../peer.ts'
import { startSubject } from '../subject.ts'
import { settle, subscriptionTo } from './settle.ts'

export const subscriptions: Behaviour[] = [
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
