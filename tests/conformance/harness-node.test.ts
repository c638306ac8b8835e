import { afterAll, beforeAll, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { binary, eventually, temporaryFolder } from './environment.ts'

const node = Bun.which('node')
const scope = new AsyncDisposableStack()
let program = ''

beforeAll(async () => {
  const outdir = scope.use(await temporaryFolder()).path
  const entry = join(import.meta.dir, 'programs/harness-on-node.ts')
  await Bun.build({ entrypoints: [entry], target: 'node', outdir, naming: 'program.mjs' })
  program = join(outdir, 'program.mjs')
})
afterAll(() => scope.disposeAsync())

async function run(end: 'dispose' | 'die') {
  const child = Bun.spawn([node ?? '', program, end], {
    env: { ...process.env, DAPRD_PATH: binary },
    stdout: 'pipe',
  })
  const { home, ...seen } = JSON.parse(await new Response(child.stdout).text())
  expect(seen).toEqual({ handled: [1], verdicts: ['SUCCESS', 'DROP'], delivered: 7 })
  await child.exited
  return { home: home as string, how: child.signalCode ?? child.exitCode }
}

const nodeTest = (name: string, run: () => Promise<void>) =>
  node ? test(name, run, 60_000) : test.skip(`${name} (needs node on the PATH)`, run)

nodeTest('the harness and the fake run on Node, which ends by itself', async () => {
  const { home, how } = await run('dispose')
  expect([how, existsSync(home)]).toEqual([0, false])
})

nodeTest('what a Node that was killed leaves goes as well', async () => {
  const { home, how } = await run('die')
  expect(how).toBe('SIGKILL')
  await eventually(() => !existsSync(home) || undefined)
})
