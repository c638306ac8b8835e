import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Type } from '@sinclair/typebox'
import type { Daprd, DaprdOptions } from '../../packages/elysia-dapr/src/testing/index.ts'
import { type Process, startProcess } from '../../packages/elysia-dapr/src/testing/process.ts'
import {
  activity,
  getWorkflow,
  raiseEvent,
  startWorker,
  startWorkflow,
  terminateWorkflow,
  type WorkerOptions,
  waitForWorkflow,
  workflow,
} from '../../packages/elysia-dapr/src/workflow/index.ts'
import { component, daprd, eventually, failureOf, startControlPlane, temporaryFolder } from './environment.ts'
import { steps } from './workflow-steps.ts'

setDefaultTimeout(90_000)

const entry = join(import.meta.dir, 'workflow-app.ts')
const node = Bun.which('node')

const cleanup = new AsyncDisposableStack()
let plane: Awaited<ReturnType<typeof startControlPlane>>

beforeAll(async () => {
  plane = cleanup.use(await startControlPlane())
})

afterAll(async () => await cleanup.disposeAsync())

function startSidecar(appId: string, options: DaprdOptions = {}): Promise<Daprd> {
  const { placement, scheduler } = plane
  const metadata = { connectionString: 'state.db', actorStateStore: 'true' }
  const resources = [component('state', 'state.sqlite', metadata)]
  return daprd({ appId, resources, placement, scheduler, ...options })
}

function workerOf({ grpcEndpoint: endpoint, apiToken }: Daprd, options: WorkerOptions) {
  return startWorker({ endpoint, apiToken, ...options })
}

const Count = Type.Integer()

/** A workflow whose activities wait until the test lets them go on. */
function gated() {
  const runs: { key: string; signal: AbortSignal; input: number }[] = []
  const gate = Promise.withResolvers<void>()
  const wait = activity(
    'wait',
    { input: Count, output: Count },
    async (input, { idempotencyKey, signal }) => {
      runs.push({ key: idempotencyKey, signal, input })
      await Promise.race([gate.promise, new Promise(resolve => signal.addEventListener('abort', resolve))])
      signal.throwIfAborted()
      return input
    },
  )
  const waits = workflow('waits', { input: Count, output: Count }, function* (context, width) {
    const all = yield* context.all(Array.from({ length: width }, (_, index) => context.call(wait, index)))
    yield* context.sleep(100)
    return all.reduce((sum, each) => sum + each, 0)
  })
  const begun = (count: number) => eventually(() => runs.length >= count || undefined)
  return { runs, begun, open: gate.resolve, waits, definitions: { workflows: [waits], activities: [wait] } }
}

describe('the sidecar', () => {
  test('may be killed and started again under a workflow, and no step is run twice for it', async () => {
    await using sidecar = await startSidecar('killed')
    const { runs, begun, open, waits, definitions } = gated()
    const errors: Error[] = []
    await using worker = workerOf(sidecar, { ...definitions, onError: error => errors.push(error) })
    await worker.ready
    const id = await startWorkflow(sidecar, waits, 20)
    await begun(20)
    await sidecar.kill()
    await eventually(() => errors.length > 1 || undefined)
    await sidecar.restart()
    const ended = waitForWorkflow(sidecar, waits, id)
    open()
    expect(await ended).toBe(190)
    expect(new Set(runs.map(({ key }) => key)).size).toBe(20)
    expect(runs).toHaveLength(20)
  })

  test('may come later than the worker', async () => {
    await using sidecar = await startSidecar('later')
    await sidecar.kill()
    const { open, waits, definitions } = gated()
    const errors: Error[] = []
    await using worker = workerOf(sidecar, { ...definitions, onError: error => errors.push(error) })
    await eventually(() => errors.length > 2 || undefined)
    await sidecar.restart()
    await worker.ready
    open()
    expect(await waitForWorkflow(sidecar, waits, await startWorkflow(sidecar, waits, 2))).toBe(1)
  })

  test('that takes another token is told of, and never ready', async () => {
    await using sidecar = await startSidecar('token')
    const { definitions } = gated()
    const errors: Error[] = []
    const options = { ...definitions, apiToken: 'wrong', onError: (error: Error) => errors.push(error) }
    const worker = workerOf(sidecar, options)
    await eventually(() => errors.length > 1 || undefined)
    await worker.stop()
    expect(errors[0]?.message).toBe('Unauthorized')
    expect(await failureOf(worker.ready)).toMatchObject({ name: 'DaprError', code: 'ABORTED' })
  })
})

describe('the worker', () => {
  test('may be killed in the middle: its steps run at least once each, in order, to the end', async () => {
    await using sidecar = await startSidecar('crash')
    await using app = await workflowApp(sidecar, [process.execPath, entry])
    const first = await app.start()
    const id = await startWorkflow(sidecar, steps, 6)
    await eventually(async () => (await app.begun()).includes('begin 2') || undefined)
    await first.kill()
    const second = await app.start()
    expect(await waitForWorkflow(sidecar, steps, id)).toBe(15)
    expect([...new Set(await app.begun())]).toEqual([0, 1, 2, 3, 4, 5].map(number => `begin ${number}`))
    expect((await app.begun()).length).toBeLessThanOrEqual(7)
    await second.kill('SIGTERM')
    expect(await second.ended).toBe('code 0')
    expect(second.log()).toBe('')
  })

  test.skipIf(node === null)(`runs on Node${node === null ? ' (not installed)' : ''}`, async () => {
    await using sidecar = await startSidecar('node')
    await using folder = await temporaryFolder()
    const built = await Bun.build({ entrypoints: [entry], target: 'node', outdir: folder.path })
    await using app = await workflowApp(sidecar, [node ?? '', built.outputs[0]?.path ?? ''])
    const running = await app.start()
    expect(await waitForWorkflow(sidecar, steps, await startWorkflow(sidecar, steps, 4))).toBe(6)
    await sidecar.kill()
    await sidecar.restart()
    expect(await waitForWorkflow(sidecar, steps, await startWorkflow(sidecar, steps, 3))).toBe(3)
    await running.kill('SIGTERM')
    expect(await running.ended).toBe('code 0')
    expect(running.log()).toBe('')
  })

  test('ends what is under way before it stops, and takes nothing new', async () => {
    await using sidecar = await startSidecar('graceful')
    const { runs, begun, open, waits, definitions } = gated()
    const worker = workerOf(sidecar, { ...definitions, concurrency: 2 })
    await worker.ready
    const id = await startWorkflow(sidecar, waits, 4)
    await begun(2)
    const stopped = worker.stop()
    open()
    await stopped
    expect(runs).toHaveLength(2)
    await using next = workerOf(sidecar, definitions)
    await next.ready
    expect(await waitForWorkflow(sidecar, waits, id)).toBe(6)
    expect(runs.map(({ input }) => input).sort()).toEqual([0, 1, 2, 3])
  })

  test('gives up what does not end in time, and the next one does it', async () => {
    await using sidecar = await startSidecar('abandoned')
    const { runs, begun, open, waits, definitions } = gated()
    const worker = workerOf(sidecar, definitions)
    await worker.ready
    const id = await startWorkflow(sidecar, waits, 1)
    await begun(1)
    await worker.stop({ timeout: 50 })
    expect(runs[0]?.signal.aborted).toBe(true)
    open()
    await using next = workerOf(sidecar, definitions)
    await next.ready
    expect(await waitForWorkflow(sidecar, waits, id)).toBe(0)
    expect(runs.map(({ key }) => key)).toEqual([runs[0]?.key ?? '', runs[0]?.key ?? ''])
  })

  test('is stopped by its signal', async () => {
    await using sidecar = await startSidecar('signal')
    const { definitions } = gated()
    const controller = new AbortController()
    const worker = workerOf(sidecar, { ...definitions, signal: controller.signal })
    await worker.ready
    controller.abort()
    await worker.stop()
    await connectedWorkers(sidecar, undefined)
  })
})

test('activities and children may be those of another app', async () => {
  await using home = await temporaryFolder()
  await using sidecar = await startSidecar('caller', { home: home.path })
  await using other = await startSidecar('callee', { home: home.path })
  const double = activity('double', { input: Count, output: Count }, value => value * 2)
  const add = workflow('add', { input: Count, output: Count }, function* (context, value) {
    yield* context.sleep(1)
    return value + 1
  })
  const calling = workflow('calling', { input: Count, output: Count }, function* (context, value) {
    const doubled = yield* context.call(double, value, { appId: 'callee' })
    return yield* context.child(add, doubled, { appId: 'callee' })
  })
  await using caller = workerOf(sidecar, { workflows: [calling] })
  await using callee = workerOf(other, { workflows: [add], activities: [double] })
  await Promise.all([caller.ready, callee.ready])
  expect(await waitForWorkflow(sidecar, calling, await startWorkflow(sidecar, calling, 4))).toBe(9)
})

describe('versions', () => {
  const events = { go: Type.Undefined() }
  const text = { output: Type.String(), events }
  const v1 = workflow('versioned', text, function* (context) {
    yield* context.waitFor('go')
    return 'old'
  })
  const v2 = workflow('versioned', { ...text, version: 2 }, function* (context) {
    yield* context.sleep(1)
    return 'new'
  })

  test('run side by side: old instances finish on old code', async () => {
    await using sidecar = await startSidecar('versions')
    const before = workerOf(sidecar, { workflows: [v1] })
    await before.ready
    const old = await startWorkflow(sidecar, v1)
    await untilStatus(sidecar, v1, old, 'RUNNING')
    await before.stop()
    await using after = workerOf(sidecar, { workflows: [v1, v2] })
    await after.ready
    expect(await waitForWorkflow(sidecar, v2, await startWorkflow(sidecar, v2))).toBe('new')
    await raiseEvent(sidecar, v1, old, 'go')
    expect(await waitForWorkflow(sidecar, v1, old)).toBe('old')
  })

  test('that no worker has wait for one that has them, whether they are new or not', async () => {
    await using sidecar = await startSidecar('missing')
    const before = workerOf(sidecar, { workflows: [v1] })
    await before.ready
    const old = await startWorkflow(sidecar, v1)
    await untilStatus(sidecar, v1, old, 'RUNNING')
    await before.stop()

    const errors: Error[] = []
    const lacking = workerOf(sidecar, { onError: error => errors.push(error) })
    await lacking.ready
    const id = await startWorkflow(sidecar, v2)
    const given = await startWorkflow(sidecar, v2)
    await raiseEvent(sidecar, v1, old, 'go')
    await eventually(() => errors.length > 5 || undefined)
    for (const [of, instance] of [[v1, old] as const, [v2, id] as const]) {
      expect(await getWorkflow(sidecar, of, instance)).toMatchObject({
        runtimeStatus: 'RUNNING',
        customStatus: `waits for a worker that has the workflow ${of.name}`,
      })
    }
    expect(errors[0]?.message).toContain('this worker lacks the workflow versioned-v')
    await terminateWorkflow(sidecar, given)
    await untilStatus(sidecar, v2, given, 'TERMINATED')
    await lacking.stop()

    await using having = workerOf(sidecar, { workflows: [v1, v2] })
    await having.ready
    expect(await waitForWorkflow(sidecar, v2, id)).toBe('new')
    expect(await waitForWorkflow(sidecar, v1, old)).toBe('old')
  })

  test('may call activities that come later', async () => {
    await using sidecar = await startSidecar('activity')
    const { open, waits, definitions } = gated()
    open()
    const errors: Error[] = []
    await using lacking = workerOf(sidecar, { workflows: [waits], onError: error => errors.push(error) })
    await lacking.ready
    const id = await startWorkflow(sidecar, waits, 3)
    await eventually(() => errors.length >= 3 || undefined)
    expect(errors[0]?.message).toBe('this worker lacks the activity wait')
    await lacking.stop()
    await using having = workerOf(sidecar, definitions)
    await having.ready
    expect(await waitForWorkflow(sidecar, waits, id)).toBe(3)
  })

  test('that were changed under an instance fail with what was changed', async () => {
    await using sidecar = await startSidecar('changed')
    const timed = workflow('timed', { events }, function* (context) {
      yield* context.sleep(1)
      yield* context.waitFor('go')
    })
    const untimed = workflow('timed', { events }, function* (context) {
      yield* context.waitFor('go')
    })
    const first = workerOf(sidecar, { workflows: [timed] })
    await first.ready
    const id = await startWorkflow(sidecar, timed)
    await untilStatus(sidecar, timed, id, 'RUNNING')
    await first.stop()
    await using second = workerOf(sidecar, { workflows: [untimed] })
    await second.ready
    await raiseEvent(sidecar, untimed, id, 'go')
    expect(await failureOf(waitForWorkflow(sidecar, untimed, id))).toMatchObject({
      body: { type: 'NonDeterminismError', message: expect.stringContaining('step 1 was a timer') },
    })
  })
})

/** `workflow-app.ts` in processes that write to one file, one after the other. */
async function workflowApp({ ports, apiToken }: Daprd, command: string[]) {
  const folder = await temporaryFolder()
  const ledger = join(folder.path, 'ledger')
  await Bun.write(ledger, '')
  const options = { cwd: folder.path, env: { ...process.env, DAPR_API_TOKEN: apiToken } }
  const started: Process[] = []
  return {
    async start(): Promise<Process> {
      const log = join(folder.path, `${started.length}.log`)
      const running = await startProcess([...command, `${ports.grpc}`, ledger], { ...options, log })
      started.push(running)
      return running
    },
    async begun(): Promise<string[]> {
      return (await readFile(ledger, 'utf8')).match(/begin \d+/g) ?? []
    },
    async [Symbol.asyncDispose]() {
      for (const running of started) await running.end()
      await folder[Symbol.asyncDispose]()
    },
  }
}

async function connectedWorkers(sidecar: Daprd, wanted: number | undefined): Promise<void> {
  await eventually(async () => {
    const answer = await sidecar.request('/v1.0/metadata')
    const { workflows } = (await answer.json()) as { workflows?: { connectedWorkers?: number } }
    return workflows?.connectedWorkers === wanted || undefined
  })
}

async function untilStatus(
  sidecar: Daprd,
  of: Parameters<typeof getWorkflow>[1],
  id: string,
  status: string,
): Promise<void> {
  await eventually(async () => {
    const state = await getWorkflow(sidecar, of, id)
    return state?.runtimeStatus === status || undefined
  })
}
