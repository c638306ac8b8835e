import { messageOf } from '../../dapr/install/errors.ts'
import type { AnyShop } from '../shop/any-shop.ts'
import { untilSettled } from '../shop/checkouts.ts'
import { until } from '../shop/shop.ts'
import { assertNone } from '../swap/row.ts'
import { ledgerOf, type World } from '../swap/world.ts'

export interface Load {
  /** Orders that were placed, and have come to their end. */
  orders: number
  /** Other requests, each answered at the first attempt. */
  requests: number
}

const orderLanes = 2
/** What is read meanwhile: of services that have another replica before one goes. */
const paths = ['/products/11', '/stock/11', '/products', '/orders?customerId=ALFKI&limit=3']
/** So often every read has to be answered beforehand, half a second apart. */
const steadyRounds = 12
/** Between two reads, in milliseconds. */
const pause = 40

/**
 * Orders and reads through the edge while something is done to the shop.
 * @throws Error when a request fails, which nobody tries again, or an order does not come to its end
 */
export async function underLoad(world: World, work: () => Promise<void>): Promise<Load> {
  const { shop } = world
  const ledger = await ledgerOf(world)
  await untilSteady(shop)
  const retriesBefore = ledger.retries()
  const failed: string[] = []
  const load = { orders: 0, requests: 0 }
  let isFlowing = true

  async function order(): Promise<void> {
    while (isFlowing) {
      const [id = ''] = await ledger.place('ordinary')
      await untilSettled(shop, id, 120_000)
      load.orders++
    }
  }

  async function read(): Promise<void> {
    for (let turn = 0; isFlowing; turn++) {
      const path = paths[turn % paths.length] ?? ''
      const answer = await fetch(`${shop.gateway}${path}`).catch(error => error as Error)
      const seen = answer instanceof Error ? answer.message : answer.status
      if (seen !== 200) failed.push(`GET ${path} was answered ${seen} at ${new Date().toISOString()}`)
      if (answer instanceof Response) await answer.arrayBuffer()
      load.requests++
      await Bun.sleep(pause)
    }
  }

  const flowing = Promise.allSettled([...Array.from({ length: orderLanes }, order), read()])
  try {
    await work()
  } finally {
    isFlowing = false
  }
  for (const lane of await flowing) if (lane.status === 'rejected') failed.push(messageOf(lane.reason))
  const retries = ledger.retries() - retriesBefore
  const undone = await ledger.drain()
  assertNone([
    ...failed,
    ...(retries > 0 ? [`placing orders was tried ${retries} times more`] : []),
    ...undone,
  ])
  return load
}

/** Waits until nothing that was killed before is missed any more: names that were unknown are so for some seconds. */
async function untilSteady({ gateway }: AnyShop): Promise<void> {
  let rounds = 0
  const isSteady = async () => {
    const answers = await Promise.allSettled(paths.map(path => fetch(`${gateway}${path}`)))
    const isGood = answers.every(each => each.status === 'fulfilled' && each.value.status === 200)
    rounds = isGood ? rounds + 1 : 0
    return rounds === steadyRounds
  }
  await until('every read is answered for some seconds', isSteady, 60_000, 500)
}

export function wordsOf({ orders, requests }: Load): string {
  return `✓ ${orders} orders, ${requests} reads`
}
