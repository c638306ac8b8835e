import { type Sidecar, sidecar } from 'elysia-dapr'

export interface Published {
  topic: string
  id: string
  data: { key: string; n: number }
  traceparent: string | undefined
  partitionKey: string | undefined
}

/** What a call is answered: a status, or the places of the events that the broker did not take. */
export type Answer = number | { failed: number[] }

export interface FakeBroker extends Disposable {
  sidecar: Sidecar
  /** What was taken, in its order. */
  taken: Published[]
  /** Every call, taken or not. */
  calls: Published[][]
  /** @default everything is taken */
  answer: (events: Published[]) => Answer | Promise<Answer>
}

interface Entry {
  event: Published['data']
  metadata: Record<string, string>
}

/** Answers what a sidecar answers to bulk publications. */
export function fakeBroker(): FakeBroker {
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const topic = new URL(request.url).pathname.split('/').at(-1) ?? ''
      const entries = (await request.json()) as Entry[]
      const events = entries.map(({ event: data, metadata }) => ({
        ...{ topic, data, id: metadata['cloudevent.id'] ?? '' },
        traceparent: metadata['cloudevent.traceparent'],
        partitionKey: metadata.partitionKey,
      }))
      broker.calls.push(events)
      const answer = await broker.answer(events)
      if (typeof answer === 'number') {
        if (answer === 204) broker.taken.push(...events)
        return new Response(null, { status: answer })
      }
      broker.taken.push(...events.filter((_, index) => !answer.failed.includes(index)))
      const failedEntries = answer.failed.map(index => ({ entryId: String(index), error: 'not taken' }))
      return Response.json({ failedEntries }, { status: 500 })
    },
  })
  const broker: FakeBroker = {
    sidecar: sidecar({ endpoint: server.url.origin }),
    taken: [],
    calls: [],
    answer: () => 204,
    [Symbol.dispose]: () => void server.stop(true),
  }
  return broker
}
