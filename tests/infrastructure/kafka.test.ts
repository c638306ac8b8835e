import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import {
  type CloudEvent,
  dapr,
  publish,
  publishBulk,
  subscribe,
  topic,
} from '../../packages/elysia-dapr/src/index.ts'
import type { Daprd } from '../../packages/elysia-dapr/src/testing/daprd.ts'
import { needsOfSet } from '../../scripts/supervisor/backing-services/backing-services.ts'
import { variableOf } from '../../scripts/supervisor/backing-services/given-secret.ts'
import { listens } from '../../scripts/supervisor/processes/probe.ts'
import { daprd, eventually } from '../conformance/environment.ts'
import { type KafkaRun, kafkaOf, noKafka, root, startKafka } from './kafka-run.ts'

setDefaultTimeout(90_000)

const orders = topic('pubsub', 'orders', Type.Object({ key: Type.String(), n: Type.Integer() }))
const never = new AbortController().signal

describe.skipIf(noKafka !== undefined)(`Kafka${noKafka ? ` (${noKafka})` : ''}`, () => {
  let kafka: KafkaRun
  beforeAll(async () => {
    kafka = await startKafka()
  })
  afterAll(() => kafka?.[Symbol.asyncDispose]())

  /** A sidecar of the shop's own app of that name, with the set's own files. */
  async function sidecarOf(appId: string, onEvent?: (event: CloudEvent) => void): Promise<Daprd> {
    const handler = onEvent && subscribe(orders, ({ event }) => onEvent(event))
    const files = ['components/kafka/pubsub.yaml', 'components/kafka/secrets.yaml', 'dapr/resiliency']
    return await daprd({
      appId,
      home: kafka.instance.home,
      resources: files.map(file => join(root, file)),
      ...(handler && { app: ({ appToken }) => new Elysia().use(dapr({ appToken })).use(handler) }),
    })
  }

  /** Publishes until `stop`, of five keys in turn, each again until it is accepted. @returns how many of each key */
  function publishing(sidecar: Daprd, prefix: string) {
    let over = false
    const accepted: string[] = []
    const done = (async () => {
      for (let n = 1; !over; n++) {
        const entries = ['a', 'b', 'c', 'd', 'e'].map(name => {
          const key = `${prefix}-${name}`
          return { id: `${key}-${n}`, data: { key, n }, metadata: { partitionKey: key } }
        })
        await eventually(() =>
          publishBulk(sidecar, orders, entries).then(
            () => true,
            () => undefined,
          ),
        )
        accepted.push(...entries.map(({ id }) => id))
      }
    })()
    const stop = async () => {
      over = true
      await done
    }
    return { accepted, stop }
  }

  function killed(): number {
    return kafka.reports.filter(line => line.startsWith('kafka answers again')).length
  }

  async function killAndWait(): Promise<void> {
    const before = killed()
    kafka.supervisor.kill('kafka')
    await eventually(() => killed() > before || undefined, { what: 'Kafka again', within: 60_000 })
  }

  test('its process is Java itself', () => {
    const [{ pid = 0 } = {}] = kafka.supervisor.running()
    if (process.platform === 'linux')
      expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).toMatch(/^[^\0]*java\0/)
  })

  test('what was accepted survives kill -9, and comes to who subscribes later in the order of its key', async () => {
    await using outside = await sidecarOf('orders')
    const load = publishing(outside, 'later')
    await eventually(() => load.accepted.length >= 100 || undefined)
    await killAndWait()
    const before = load.accepted.length
    await eventually(() => load.accepted.length >= before + 100 || undefined)
    await load.stop()
    const events: CloudEvent[] = []
    await using _ = await sidecarOf('inventory', event => events.push(event))
    const ids = () => new Set(events.map(({ id }) => id))
    await eventually(() => load.accepted.every(id => ids().has(id)) || undefined)
    for (const [key, ofKey] of Map.groupBy(events, ({ data }) => (data as { key: string }).key)) {
      const first = [...new Set(ofKey.map(({ data }) => (data as { n: number }).n))]
      expect([key, first]).toEqual([key, first.toSorted((a, b) => a - b)])
    }
  })

  test('a subscriber goes on after kill -9 of the server', async () => {
    const ids = new Set<string>()
    await using outside = await sidecarOf('orders')
    await using _ = await sidecarOf('payments', ({ id }) => ids.add(id))
    const load = publishing(outside, 'on')
    await eventually(() => [...ids].some(id => id.startsWith('on-')) || undefined)
    await killAndWait()
    const before = load.accepted.length
    await eventually(() => load.accepted.length >= before + 50 || undefined)
    await load.stop()
    await eventually(() => load.accepted.every(id => ids.has(id)) || undefined)
  })

  test('a sidecar killed with -9 gets its partitions back', async () => {
    const ids = new Set<string>()
    await using outside = await sidecarOf('orders')
    await using sidecar = await sidecarOf('insights', ({ id }) => ids.add(id))
    const send = (id: string) =>
      publish(outside, orders, { key: id, n: 1 }, { id, metadata: { partitionKey: id } })
    await send('before')
    await eventually(() => ids.has('before') || undefined)
    await sidecar.kill()
    await sidecar.restart()
    await send('after')
    await eventually(() => ids.has('after') || undefined)
  })

  test('a wrong password is refused, with where to look', async () => {
    const other = kafkaOf(kafka.instance)
    await expect(other.prepare?.(never) as Promise<void>).rejects.toThrow(
      /^components\/kafka\/pubsub\.yaml:10: Kafka at 127\.0\.0\.1:\d+ cannot be used: Authentication failed: .*\. See 'bun run logs kafka'\.$/,
    )
  })

  describe('given', () => {
    const names = ['SHOP_KAFKA_BROKERS', 'SHOP_KAFKA_USER', 'SHOP_KAFKA_PASSWORD'] as const
    afterAll(() => {
      for (const name of names) delete process.env[name]
    })

    function give(changes: Partial<Record<(typeof names)[number], string>> = {}) {
      const { secrets } = kafka.service
      Object.assign(process.env, {
        SHOP_KAFKA_BROKERS: secrets['kafka-brokers'],
        SHOP_KAFKA_USER: secrets['kafka-user'],
        SHOP_KAFKA_PASSWORD: secrets['kafka-password'],
        ...changes,
      })
      return kafkaOf(kafka.instance)
    }

    test('it is used, and none is started', async () => {
      const service = give()
      expect(service.servers).toEqual([])
      expect(service.secrets).toEqual(kafka.service.secrets)
      await service.prepare?.(never)
    })

    test('one of several brokers is enough', async () => {
      const { 'kafka-brokers': broker } = kafka.service.secrets
      await give({ SHOP_KAFKA_BROKERS: `127.0.0.1:1,${broker}` }).prepare?.(never)
    })

    test('a wrong password says which variables to correct', async () => {
      const { prepare } = give({ SHOP_KAFKA_PASSWORD: 'wrong' })
      await expect(prepare?.(never) as Promise<void>).rejects.toThrow(
        'Start it, or correct SHOP_KAFKA_BROKERS, SHOP_KAFKA_USER and SHOP_KAFKA_PASSWORD.',
      )
    })

    test('so does one that is given by its secrets', async () => {
      for (const name of names) delete process.env[name]
      const secrets = { ...kafka.service.secrets, 'kafka-password': 'wrong' }
      for (const [name, value] of Object.entries(secrets)) process.env[variableOf(name)] = value
      try {
        const service = needsOfSet(kafka.instance).services.find(({ name }) => name.startsWith('Kafka at'))
        await expect(service?.prepare?.(never) as Promise<void>).rejects.toThrow(
          /^components\/kafka\/pubsub\.yaml:10: Kafka at .* cannot be used: Authentication failed: .*\. Start it, or correct SHOP_SECRET_KAFKA_BROKERS and/,
        )
      } finally {
        for (const name of Object.keys(secrets)) delete process.env[variableOf(name)]
      }
    })

    test('so does one that is not there', async () => {
      const { prepare } = give({ SHOP_KAFKA_BROKERS: '127.0.0.1:1' })
      await expect(prepare?.(never) as Promise<void>).rejects.toThrow(
        'components/kafka/pubsub.yaml:10: Kafka at 127.0.0.1:1 cannot be used: ',
      )
    })
  })

  test('a clean stop is soon over and leaves no process', async () => {
    await using other = await startKafka()
    const [{ pid = 0 } = {}] = other.supervisor.running()
    const started = performance.now()
    await other.supervisor.stop()
    expect(performance.now() - started).toBeLessThan(10_000)
    expect(() => process.kill(-pid, 0)).toThrow('ESRCH')
    const { portOffset } = other.instance
    expect([await listens(8519 + portOffset), await listens(8520 + portOffset)]).toEqual([false, false])
  })
})
