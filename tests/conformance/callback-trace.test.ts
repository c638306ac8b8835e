import { expect, setDefaultTimeout, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import {
  binding,
  dapr as daprPlugin,
  job,
  onBinding,
  onJob,
  scheduleJob,
} from '../../packages/elysia-dapr/src/index.ts'
import { spans, startTracing } from '../../packages/elysia-dapr/test/traced.ts'
import { component, daprd, eventually, startControlPlane } from './environment.ts'

setDefaultTimeout(60_000)

const work = job('work', Type.Null())

const app = ({ appToken }: { appToken: string }) =>
  new Elysia()
    .use(daprPlugin({ appToken }))
    .use(onJob(work, () => undefined))
    .use(onBinding(binding('clock'), () => undefined)) as unknown as Elysia

const ended = (name: string) => eventually(() => spans.getFinishedSpans().find(span => span.name === name))

test.each([
  ['traces', { tracing: { samplingRate: '1' } }, true],
  ['does not trace', {}, false],
])(
  'a sidecar that %s: a binding continues its trace if it has any, a job begins one',
  async (_, configuration, traces) => {
    await using plane = await startControlPlane()
    const end = startTracing()
    try {
      const resources = [component('clock', 'bindings.cron', { schedule: '@every 1s' })]
      await using dapr = await daprd({ app, resources, configuration, scheduler: plane.scheduler })
      await scheduleJob(dapr, work, null, { dueTime: '0s' })
      expect((await ended('binding clock')).parentSpanContext !== undefined).toBe(traces)
      expect((await ended('job work')).parentSpanContext).toBeUndefined()
    } finally {
      end()
    }
  },
)
