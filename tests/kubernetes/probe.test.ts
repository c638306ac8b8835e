import { expect, setDefaultTimeout } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { run, succeed } from '../package/project.ts'
import { buildService, compileTimeout, goTest } from '../shipping/go.ts'

setDefaultTimeout(compileTimeout)

const source = resolve(import.meta.dir, '../../k8s/probe')

goTest('the probe is as gofmt and go vet want it, and its tests pass', async () => {
  expect(await run(['gofmt', '-l', '.'], source)).toEqual({ code: 0, output: '' })
  await succeed(['go', 'vet', './...'], source)
  await succeed(['go', 'test', './...'], source)
})

goTest('a service that speaks gRPC answers it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'probe-'))
  try {
    const probe = join(folder, 'probe')
    await succeed(['go', '-C', source, 'build', '-o', probe, '.'], folder)
    const env = { APP_PORT: String(freePort()), APP_PROTOCOL: 'grpc' }
    const ask = async (question: string) =>
      await Bun.spawn([probe, question], { env, stdio: ['ignore', 'ignore', 'ignore'] }).exited
    expect(await ask('alive')).toBe(1)

    const service = Bun.spawn([await buildService(folder)], { env, stdio: ['ignore', 'pipe', 'ignore'] })
    try {
      // its first line says that it listens
      await service.stdout.getReader().read()
      expect([await ask('alive'), await ask('ready')]).toEqual([0, 0])
    } finally {
      service.kill('SIGKILL')
      await service.exited
    }
  } finally {
    await rm(folder, { recursive: true })
  }
})

function freePort(): number {
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() })
  const { port } = server
  server.stop(true)
  return port ?? 0
}
