import { median, quantile } from '../../../benchmarks/lib/statistics.ts'
import { until } from '../../shop/shop.ts'
import { firstOfEach, inversions, missing } from '../deliveries.ts'
import { probeOf } from '../probe.ts'
import { assertNone, type Row } from '../row.ts'
import { perWorld } from '../world.ts'

/** Longest time until everything has come, in milliseconds: longer than any broker here takes to deliver again. */
const patience = 90_000

function keysOf(letter: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${letter}${index + 1}`)
}

/** What a consumer gets that nothing happens to. */
const undisturbed = perWorld(async world => {
  const probe = await probeOf(world)
  const sent = { keys: keysOf('a', 10), numbers: 20 }
  await probe.publish(sent.keys, sent.numbers)
  const came = () => probe.arrivals.filter(({ key }) => sent.keys.includes(key))
  await until('all have come', () => missing(came(), sent).length === 0, patience)
  return came()
})

/** What comes again to a consumer whose sidecar was killed while it handled events. */
const cutOff = perWorld(async world => {
  const probe = await probeOf(world)
  const sent = { keys: keysOf('b', 5), numbers: 6 }
  const came = () => probe.arrivals.filter(({ key }) => sent.keys.includes(key))
  await probe.hold()
  await probe.publish(sent.keys, sent.numbers)
  await until('one is being handled', () => came().length > 0)
  const killedAt = await probe.kill()
  const held = new Set(came().flatMap(({ key, number, at }) => (at < killedAt ? [`${key} ${number}`] : [])))
  const after = () => came().filter(({ at }) => at > killedAt)
  await until(
    'all have come, and what was cut off has come again',
    () => missing(after(), sent).length === 0,
    patience,
  )
  const again = firstOfEach(after()).filter(({ key, number }) => held.has(`${key} ${number}`))
  return { held: held.size, after: after(), delays: again.map(({ at }) => at - killedAt) }
})

/** A broker may take a while to deliver again: what waits for that goes on beside the next rows. */
const background = perWorld(async world => {
  void cutOff(world).catch(() => undefined)
})

export const firstDeliveries: Row[] = [
  {
    id: 'first-delivery',
    title: 'publishing to first delivery: median, p99',
    limit: 100,
    async run(world) {
      const times = (await undisturbed(world)).map(({ at, sentAt }) => at - sentAt)
      await background(world)
      const [medianMs, p99Ms] = [median(times), quantile(times, 0.99)]
      return { words: `${medianMs.toFixed(1)} ms, ${p99Ms.toFixed(1)} ms`, values: { medianMs, p99Ms } }
    },
  },
  {
    id: 'order-first',
    title: 'overtaken by a later event of their aggregate',
    async run(world) {
      const arrivals = await undisturbed(world)
      const count = inversions(arrivals)
      return { words: `${count} of ${firstOfEach(arrivals).length}`, values: { inversions: count } }
    },
  },
]

export const redeliveries: Row[] = [
  {
    id: 'redelivery',
    title: 'redelivered after the kill of a consumer: first, last',
    limit: 120,
    async run(world) {
      const { delays, held } = await cutOff(world)
      assertNone(held === 0 ? ['no event was being handled'] : [])
      const [first, last] = [Math.min(...delays) / 1_000, Math.max(...delays) / 1_000]
      return {
        words: `${first.toFixed(1)} s, ${last.toFixed(1)} s`,
        values: { firstSeconds: first, lastSeconds: last },
      }
    },
  },
  {
    id: 'order-again',
    title: 'overtaken by a later event after that kill',
    limit: 120,
    async run(world) {
      const { after } = await cutOff(world)
      const count = inversions(after)
      return { words: `${count} of ${firstOfEach(after).length}`, values: { inversions: count } }
    },
  },
]
