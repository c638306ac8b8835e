import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { createLogger } from '@shop/chassis/logger'
import { startTelemetry } from '@shop/chassis/telemetry'
import { currentTraceparent, withTraceparent } from '@shop/chassis/trace-context'
import type { Journal } from '@shop/journal/journal'
import { type Databases, dialects, startDatabases } from '@shop/local-postgres'
import { type Sidecar, sidecar } from 'elysia-dapr'
import { type Activity, activity } from 'elysia-dapr/workflow'
import { openOrders } from '../../test/databases.ts'
import { current, goods, orderIdOf } from '../../test/orders.ts'
import type { OrdersTables } from '../schema.ts'
import { createStore } from '../store.ts'
import { findCheckout } from './find-checkout.ts'
import { inTraceOfRequest } from './in-trace.ts'
import { type LauncherOptions, startLauncher } from './launcher.ts'
import { createSteps, type StepDependencies } from './steps.ts'
import { versionsOf } from './versions.ts'

setDefaultTimeout(30_000)

const workflows = versionsOf(createSteps({} as StepDependencies))
const log = createLogger('orders', 'silent')

/** Keeps instances as daprd does: of two starts of a running one the second fails. */
function fakeWorkflows() {
  const instances = new Map<string, { workflow: string; status: string }>()
  const calls: string[] = []
  const traces = new Map<string, string | null>()
  const state = { isAway: false }

  async function answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    if (state.isAway) return Response.json({ errorCode: 'ERR_ACTOR', message: 'away' }, { status: 500 })
    const [, , , , first = '', verb] = pathname.split('/')
    if (request.method === 'POST' && verb === 'start') {
      const id = searchParams.get('instanceID') ?? ''
      calls.push(`start ${id}`)
      traces.set(id, request.headers.get('traceparent'))
      const message = 'an active workflow with this ID exists'
      if (instances.get(id)?.status === 'RUNNING') {
        return Response.json({ errorCode: 'ERR_START_WORKFLOW', message }, { status: 500 })
      }
      instances.set(id, { workflow: first, status: 'RUNNING' })
      return Response.json({ instanceID: id }, { status: 202 })
    }
    const found = instances.get(first)
    if (!found) return Response.json({ errorCode: 'ERR_INSTANCE_ID_NOT_FOUND' }, { status: 404 })
    if (verb === 'purge') {
      calls.push(`purge ${first}`)
      instances.delete(first)
      return new Response(null, { status: 202 })
    }
    const time = '2026-01-02T03:04:05Z'
    const { workflow: workflowName, status: runtimeStatus } = found
    const input = JSON.stringify({ orderId: first })
    const properties = {
      'dapr.workflow.input': input,
      'dapr.workflow.output': '"confirmed"',
      'dapr.workflow.custom_status': '{"step":"authorise-payment"}',
    }
    const body = { instanceID: first, workflowName, createdAt: time, lastUpdatedAt: time }
    return Response.json({ ...body, runtimeStatus, properties })
  }

  return {
    instances,
    calls,
    traces,
    state,
    dapr: sidecar({ endpoint: 'http://dapr.invalid', fetch: answer }),
  }
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('waited in vain')
    await Bun.sleep(10)
  }
}

describe.each(dialects)('on $name', ({ dialect, skip }) => {
  if (skip) return void test.skip('the launcher', () => {})
  let databases: Databases

  beforeAll(async () => {
    databases = await startDatabases(dialect)
  }, 120_000)

  afterAll(async () => await databases[Symbol.asyncDispose]())

  async function open(url?: string) {
    const journal = await openOrders(url ?? (await databases.create()))
    const store = createStore({ journal, current })
    const place = (number: number, placing = store) => {
      const id = orderIdOf(number)
      return placing.place(id, goods, { idempotencyKey: id, digest: '' })
    }
    return { journal, store, place, [Symbol.asyncDispose]: () => journal.close() }
  }

  const launch = (journal: Journal<OrdersTables>, dapr: Sidecar, options: Partial<LauncherOptions> = {}) => {
    const stop = startLauncher({ journal, sidecar: dapr, workflows, log, ...options })
    return { [Symbol.asyncDispose]: stop }
  }

  const rowsOf = ({ database, tables: { workflows } }: Journal<OrdersTables>) =>
    database.select().from(workflows)

  test('a checkout starts right after the commit, and one of before at the start of the process', async () => {
    await using opened = await open()
    const { journal, place } = opened
    const { instances, dapr } = fakeWorkflows()
    await place(1)
    await using _ = launch(journal, dapr)
    await until(() => instances.has(orderIdOf(1)))
    const started = performance.now()
    await place(2)
    await until(() => instances.has(orderIdOf(2)))
    expect(performance.now() - started).toBeLessThan(2_000)
    await until(async () => (await rowsOf(journal)).every(({ startedAt }) => startedAt !== null))
  })

  test('a checkout starts, and its steps run, in the trace of the request that placed the order', async () => {
    const endTelemetry = await startTelemetry({ service: 'orders' })
    await using opened = await open()
    const { journal, place } = opened
    const { traces, dapr } = fakeWorkflows()
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    await withTraceparent(traceparent, () => place(1))
    await place(2)
    await using _ = launch(journal, dapr)
    await until(() => traces.size === 2)
    expect([...traces]).toEqual([
      [orderIdOf(1), traceparent],
      [orderIdOf(2), null],
    ])

    const step = inTraceOfRequest(
      journal,
      activity('a', {}, () => void seen.push(currentTraceparent())) as Activity,
    )
    const seen: (string | undefined)[] = []
    const context = { taskId: 0, idempotencyKey: '', signal: new AbortController().signal }
    await step.run(undefined as never, { ...context, instanceId: orderIdOf(1) })
    await step.run(undefined as never, { ...context, instanceId: orderIdOf(2) })
    expect(seen[0]).toStartWith('00-0af7651916cd43dd8448eb211c80319c-')
    expect(seen[1]).toBeUndefined()
    await endTelemetry()
  })

  test('a cancellation has a workflow of its own', async () => {
    await using opened = await open()
    const { journal, store, place } = opened
    const { instances, dapr } = fakeWorkflows()
    await using _ = launch(journal, dapr)
    await place(1)
    const notes = ['stock-reserved', 'payment-authorised', 'shipping-arranged'] as const
    for (const type of notes) await store.execute(orderIdOf(1), { command: 'note', event: { type } })
    await store.execute(orderIdOf(1), { command: 'confirm' })
    await store.execute(orderIdOf(1), { command: 'cancel', reason: 'x' })
    await until(() => instances.has(`${orderIdOf(1)}-cancelled`))
    expect(instances.get(`${orderIdOf(1)}-cancelled`)?.workflow).toBe('cancellation-v1')
  })

  test('one that was started just before a crash is not started again', async () => {
    await using opened = await open()
    const { journal, place } = opened
    const { instances, calls, dapr } = fakeWorkflows()
    await place(1)
    instances.set(orderIdOf(1), { workflow: 'checkout-v1', status: 'RUNNING' })
    await using _ = launch(journal, dapr)
    await until(async () => (await rowsOf(journal))[0]?.startedAt !== null)
    expect(calls).toEqual([`start ${orderIdOf(1)}`])
    expect(instances.size).toBe(1)
  })

  test('starts wait for a sidecar that is away', async () => {
    await using opened = await open()
    const { journal, place } = opened
    const { instances, state, dapr } = fakeWorkflows()
    state.isAway = true
    const failures: unknown[] = []
    const told = { ...log, warn: (...what: unknown[]) => failures.push(what) } as unknown as typeof log
    await using _ = launch(journal, dapr, { log: told })
    await place(1)
    await until(() => failures.length > 1)
    state.isAway = false
    await until(() => instances.has(orderIdOf(1)))
  })

  test('many orders whose version is not here hold up no other', async () => {
    await using opened = await open()
    const { journal, place } = opened
    const newer = createStore({ journal, current: { ...current, checkout: 'checkout-v9' } })
    for (let number = 1; number <= 40; number += 1) await place(number, newer)
    const { instances, dapr } = fakeWorkflows()
    const failures: unknown[] = []
    const told = { ...log, error: (...what: unknown[]) => failures.push(what) } as unknown as typeof log
    await using _ = launch(journal, dapr, { log: told })
    await until(() => failures.length >= 40)
    const started = performance.now()
    await place(41)
    await until(() => instances.has(orderIdOf(41)))
    expect(performance.now() - started).toBeLessThan(2_000)
    expect(JSON.stringify(failures[0])).toContain('checkout-v9')
  })

  test.each(['lost', 'FAILED', 'TERMINATED'])('one that is %s is started again', async status => {
    await using opened = await open()
    const { journal, place } = opened
    const { instances, calls, dapr } = fakeWorkflows()
    {
      await using _ = launch(journal, dapr)
      await place(1)
      await until(async () => (await rowsOf(journal))[0]?.startedAt !== null)
    }
    if (status === 'lost') instances.clear()
    else instances.set(orderIdOf(1), { workflow: 'checkout-v1', status })
    await Bun.sleep(2)
    await using _ = launch(journal, dapr, { doubtAfter: 0 })
    await until(() => instances.get(orderIdOf(1))?.status === 'RUNNING')
    expect(calls).toEqual([`start ${orderIdOf(1)}`, `start ${orderIdOf(1)}`])
  })

  test('the history of one that has ended is kept for a while, and removed; its checkout is still known', async () => {
    await using opened = await open()
    const { journal, store, place } = opened
    const { instances, calls, dapr } = fakeWorkflows()
    const id = orderIdOf(1)
    await place(1)
    const find = () => findCheckout({ journal, sidecar: dapr, workflows }, id)
    expect(await find()).toEqual({ workflow: 'checkout-v1', status: 'PENDING' })
    {
      await using _ = launch(journal, dapr)
      await until(async () => (await rowsOf(journal))[0]?.startedAt !== null)
    }
    expect(await find()).toMatchObject({ status: 'RUNNING', step: 'authorise-payment' })
    await store.execute(id, { command: 'reject', reason: 'x' })
    instances.set(id, { workflow: 'checkout-v1', status: 'COMPLETED' })
    await Bun.sleep(2)
    await using _ = launch(journal, dapr, { keepFor: 0 })
    await until(async () => (await rowsOf(journal))[0]?.purgedAt !== null)
    expect(calls.filter(call => call.startsWith('purge'))).toEqual([`purge ${id}`])
    expect(await find()).toMatchObject({ workflow: 'checkout-v1', status: 'COMPLETED' })
    expect(await findCheckout({ journal, sidecar: dapr, workflows }, orderIdOf(2))).toBeUndefined()
  })

  if (dialect === 'postgres') {
    test('two replicas start what a third has left, each of it once', async () => {
      const url = await databases.create()
      await using one = await open(url)
      await using other = await open(url)
      for (let number = 1; number <= 50; number += 1) await one.place(number)
      const { instances, dapr } = fakeWorkflows()
      await using _ = launch(one.journal, dapr)
      await using __ = launch(other.journal, dapr)
      await until(async () => (await rowsOf(one.journal)).every(({ startedAt }) => startedAt !== null))
      expect(instances.size).toBe(50)
    })
  }
})
