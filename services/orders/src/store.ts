import { currentTraceparent } from '@shop/chassis/trace-context'
import { type Aggregate, aggregate, type Decided } from '@shop/journal/aggregate'
import { type ChangeSet, type Outgoing, outgoing, type Writer } from '@shop/journal/change-set'
import { retryOnConflict } from '@shop/journal/conflict'
import { readStream } from '@shop/journal/event-store'
import type { Journal } from '@shop/journal/journal'
import { isActive } from '@shop/journal/projection'
import { upcast } from '@shop/journal/upcast'
import { type Order, orders as ordersTopic } from '@shop/orders-contract'
import { and, desc, eq, lt } from 'drizzle-orm'
import { type Goods, type OrderCommand, type OrderHappened, type OrderState, order } from './order.ts'
import { evolveView } from './order-view.ts'
import { publicEvents } from './public-events.ts'
import type { OrdersTables } from './schema.ts'
import { upcasters } from './upcasters.ts'

export interface Request {
  idempotencyKey: string
  digest: string
}

export interface HistoryEntry {
  version: number
  type: string
  at: string
  data: unknown
}

type Command = Exclude<OrderCommand, { command: 'place' }>
type Result = { state: OrderState; position?: number }

export interface Store {
  load: Aggregate<OrderState, OrderCommand, OrderHappened>['load']
  /** Places an order, and asks for its checkout; undefined when another request under the same key came first. */
  place(id: string, goods: Goods, request: Request): Promise<{ position?: number } | undefined>
  /** @throws OrderRuleError */
  execute(id: string, command: Command): Promise<Result>
  /** The same without the commit, for an event that causes it. */
  decide(id: string, command: Command): Promise<ChangeSet | undefined>
  /** What a key was used for before. */
  findRequest(idempotencyKey: string): Promise<{ digest: string; orderId: string } | undefined>
  /** As the read model has it, which may be a moment behind. */
  find(id: string): Promise<Order | undefined>
  /** As its events have it now. */
  read(id: string): Promise<Order | undefined>
  /** The newest first. */
  list(query: { customerId: string; before?: string; limit: number }): Promise<Order[]>
  /** The first event first; empty for an order that there is not. */
  history(id: string): Promise<HistoryEntry[]>
  /** Whether the last order that was arranged to be shipped was so by the shipping service, and not by hand. */
  isShippedByService(): Promise<boolean>
}

/** Names with versions of the workflows that are started from now on. */
export interface CurrentWorkflows {
  checkout: string
  cancellation: string
}

export interface StoreOptions {
  journal: Journal<OrdersTables>
  current: CurrentWorkflows
  now?: () => Date
}

export function createStore({ journal, current, now = () => new Date() }: StoreOptions): Store {
  const { requests, orderViews, workflows } = journal.tables
  const orders = aggregate({ journal, decider: order, upcasters, now })

  function published(id: string, { before, events }: Decided<OrderState, OrderHappened>): Outgoing[] {
    const at = now().toISOString()
    return publicEvents(id, before.state, events, at).map(event => outgoing(ordersTopic, id, event))
  }

  function beside(id: string, decided: Decided<OrderState, OrderHappened>) {
    const requestedAt = now().toISOString()
    const request = { orderId: id, requestedAt, traceparent: currentTraceparent() }
    const asked = decided.events.flatMap(({ type }) => {
      if (type === 'order-placed') return [{ instanceId: id, workflow: current.checkout }]
      if (type === 'order-cancelled')
        return [{ instanceId: `${id}-cancelled`, workflow: current.cancellation }]
      return []
    })
    const isSettled = decided.before.state.status === 'placed' && decided.state.status !== 'placed'
    return {
      outbox: published(id, decided),
      rows: (write: Writer) => [
        ...asked.map(row => write.insert(workflows).values({ ...row, ...request })),
        ...(isSettled
          ? [write.update(workflows).set({ finishedAt: requestedAt }).where(eq(workflows.instanceId, id))]
          : []),
      ],
    }
  }

  async function findRequest(idempotencyKey: string) {
    const isKey = eq(requests.idempotencyKey, idempotencyKey)
    const [row] = await journal.database.select().from(requests).where(isKey)
    return row
  }

  return {
    load: orders.load,

    place: (id, goods, request) =>
      retryOnConflict(async () => {
        if (await findRequest(request.idempotencyKey)) return undefined
        const change = await orders.decide(id, { command: 'place', ...goods }, decided => {
          const { outbox, rows } = beside(id, decided)
          return {
            outbox,
            rows: write => [write.insert(requests).values({ ...request, orderId: id }), ...rows(write)],
          }
        })
        const outcome = change && (await journal.commit(change))
        return outcome?.status === 'committed' ? outcome : {}
      }),

    execute: (id, command) => orders.execute(id, command, decided => beside(id, decided)),
    decide: (id, command) => orders.decide(id, command, decided => beside(id, decided)),

    findRequest,

    async find(id) {
      const isOrder = and(isActive(journal, 'orders', orderViews), eq(orderViews.id, id))
      const [row] = await journal.database.select().from(orderViews).where(isOrder)
      return row && toOrder(row)
    },

    async read(id) {
      const stored = await readStream(journal, id)
      const events = stored.map(event => ({ ...event, data: upcast(upcasters, event) }))
      return events.reduce<Order | undefined>(evolveView, undefined)
    },

    async list({ customerId, before, limit }) {
      // ids are UUIDs of version 7, which grow with time
      const isOlder = before === undefined ? undefined : lt(orderViews.id, before)
      const rows = await journal.database
        .select()
        .from(orderViews)
        .where(and(isActive(journal, 'orders', orderViews), eq(orderViews.customerId, customerId), isOlder))
        .orderBy(desc(orderViews.id))
        .limit(limit)
      return rows.map(toOrder)
    },

    async history(id) {
      const stored = await readStream(journal, id)
      return stored.map(event => {
        const { version, type, at } = event
        return { version, type, at, data: upcast(upcasters, event) }
      })
    },

    async isShippedByService() {
      const { events } = journal.tables
      const [last] = await journal.database
        .select({ data: events.data })
        .from(events)
        .where(eq(events.type, 'shipping-arranged'))
        .orderBy(desc(events.position))
        .limit(1)
      return (last?.data as { trackingNumber?: string } | undefined)?.trackingNumber !== undefined
    },
  }
}

function toOrder({ id, view }: OrdersTables['orderViews']['$inferSelect']): Order {
  return { id, ...(view as Omit<Order, 'id'>) }
}
