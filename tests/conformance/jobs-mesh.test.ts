import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import {
  binding,
  dapr as daprPlugin,
  invoke,
  job,
  onBinding,
  onConfiguration,
  onJob,
} from '../../packages/elysia-dapr/src/index.ts'
import type { Daprd } from '../../packages/elysia-dapr/src/testing/daprd.ts'
import { daprd, temporaryFolder } from './environment.ts'

setDefaultTimeout(60_000)

const cleanup = new AsyncDisposableStack()
const called: string[] = []
let stranger: Daprd

beforeAll(async () => {
  const { path: home } = cleanup.use(await temporaryFolder())
  for (const appId of ['private', 'public']) {
    const app = ({ appToken }: Daprd) =>
      new Elysia()
        .use(daprPlugin({ appToken, public: appId === 'public' }))
        .use(onJob(job('work', Type.Unknown()), ({ name }) => void called.push(name)))
        .use(onBinding(binding('clock'), () => void called.push('clock')))
        .use(onConfiguration('settings', () => void called.push('settings')))
    cleanup.use(await daprd({ app, appId, home }))
  }
  stranger = cleanup.use(await daprd({ app: () => new Elysia(), appId: 'stranger', home }))
})

afterAll(() => cleanup.disposeAsync())

const paths = ['/job/work', '/job/work@1', '/job/other', '/clock', '/configuration/settings/a']

test.each(paths)('another app cannot call %s through the mesh', async path => {
  for (const appId of ['private', 'public']) {
    const answer = await invoke(stranger, appId, path, { method: 'POST', body: '{"items":{"a":{}}}' })
    expect(answer.status).toBe(403)
  }
  expect(called).toEqual([])
})
