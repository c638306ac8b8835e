import { until } from '../../shop/shop.ts'
import { assertNone, type Row } from '../../swap/row.ts'
import { type Cluster, pace } from '../cluster.ts'
import { underLoad, wordsOf } from '../load.ts'
import { templateOf, untilRolledOut } from '../rollout.ts'

/** A service with a database, workflows, events and calls both ways. */
const service = 'orders'

export interface Next {
  /** Of orders, one that the nodes have. Without it an upgrade is another environment. */
  image?: string
}

/** New pods in the place of old ones, while orders flow: no request fails, no order is lost. */
export function rollouts(cluster: Cluster, next: Next): Row[] {
  const { run, apps } = cluster
  const app = async () => (await apps()).find(({ name }) => name === service)
  const image = async () => (await app())?.image ?? ''

  return [
    {
      id: 'rolling',
      title: 'rolling update of every service under load: nothing fails',
      limit: 900,
      async run(world) {
        const names = (await apps()).map(({ name }) => name)
        const load = await underLoad(world, async () => {
          for (const name of names) {
            await run(['rollout', 'restart', `deployment/${name}`])
            await untilRolledOut(cluster, name)
          }
        })
        return { words: wordsOf(load), values: { ...load } }
      },
    },
    {
      id: 'upgrade',
      title: 'orders upgraded, and rolled back, under load: nothing fails',
      limit: 400,
      async run(world) {
        const before = await templateOf(cluster, service)
        const load = await underLoad(world, async () => {
          await run(
            next.image === undefined
              ? ['set', 'env', `deployment/${service}`, '--containers=app', 'SHOP_RELEASE=next']
              : ['set', 'image', `deployment/${service}`, `app=${next.image}`],
          )
          await untilRolledOut(cluster, service)
          const upgraded = await templateOf(cluster, service)
          assertNone(upgraded === before ? ['the upgrade has changed nothing'] : [])
          await run(['rollout', 'undo', `deployment/${service}`])
          await untilRolledOut(cluster, service)
        })
        const after = await templateOf(cluster, service)
        assertNone(after === before ? [] : ['it is not as it was before the upgrade'])
        return { words: wordsOf(load), values: { ...load } }
      },
    },
    {
      id: 'missing-image',
      title: 'an upgrade to an image that is not there: nothing fails',
      limit: 300,
      async run(world) {
        const wrong = `${(await image()).replace(/:[^/:]*$/, '')}:not-there`
        const load = await underLoad(world, async () => {
          await run(['set', 'image', `deployment/${service}`, `app=${wrong}`])
          try {
            await until('its pod waits for the image', () => isWaiting(cluster, service), 90_000, pace)
            await Bun.sleep(5_000)
          } finally {
            await run(['rollout', 'undo', `deployment/${service}`])
          }
          await untilRolledOut(cluster, service)
        })
        return { words: wordsOf(load), values: { ...load } }
      },
    },
  ]
}

async function isWaiting({ run }: Cluster, name: string): Promise<boolean> {
  const path = '{.items[*].status.containerStatuses[*].state.waiting.reason}'
  const selector = `app.kubernetes.io/name=${name}`
  const reasons = await run(['get', 'pods', '--selector', selector, '--output', `jsonpath=${path}`])
  return /ErrImagePull|ImagePullBackOff|ErrImageNeverPull|InvalidImageName/.test(reasons)
}
