import { afterEach, beforeEach, expect, test } from 'bun:test'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Service } from '../../topology/load.ts'
import { openLogs, rotateLogs } from '../logs/log-files.ts'
import { leftProcesses } from '../processes/left-processes.ts'
import { buildable, buildService } from './build-service.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'build-'))
  for (const folder of ['bin', 'run']) mkdirSync(join(root, folder))
  rotateLogs(join(root, 'logs'), ['shipping.build'])
})
afterEach(() => rmSync(root, { recursive: true }))

function shipping(changes: Partial<Service> = {}): Service {
  return {
    name: 'shipping',
    dir: 'services/shipping',
    language: 'go',
    build: ['go', 'build', '-o', '.local/build/shipping'],
    without: 'a flat price is charged',
    ...changes,
  } as Service
}

/** Builds with no more on the PATH than a shell, and a `go` that does this. */
function build(service: Service, { go, signal = new AbortController().signal }: Attempt = {}) {
  if (go !== undefined) {
    const program = join(root, 'bin/go')
    writeFileSync(program, `#!/bin/sh\nif [ "$1" = env ]; then echo go1.30.0; exit; fi\n${go}\n`)
    chmodSync(program, 0o700)
  }
  return buildService(service, {
    instance: { root, runDir: join(root, 'run') },
    logs: openLogs(join(root, 'logs')),
    signal,
    env: { PATH: join(root, 'bin') },
  })
}
interface Attempt {
  go?: string
  signal?: AbortSignal
}

const log = () => readFileSync(join(root, 'logs/shipping.build.log'), 'utf8')

test('it runs in the repository, with its output in the log', async () => {
  expect(await build(shipping(), { go: 'echo "$@"; pwd -P; echo warning >&2' })).toBeUndefined()
  const [args, folder, warning] = log().split('\n')
  expect([args, warning]).toEqual(['build -o .local/build/shipping', 'warning'])
  expect(folder).toEndWith(root)
  expect(existsSync(join(root, '.local/build'))).toBe(true)
})

test('without its toolchain it is skipped, and why is in the log', async () => {
  const why = 'Go is not found (https://go.dev/dl); a flat price is charged'
  expect(await build(shipping())).toBe(why)
  expect(log()).toBe(`skipped: ${why}\n`)
  expect(existsSync(join(root, '.local'))).toBe(false)
})

test('a builder of another kind that is not there skips it too', async () => {
  const service = shipping({ language: 'typescript', build: ['protoc'], without: '' })
  expect(await build(service)).toBe('protoc is not found')
})

test('a failure is an error with its last lines and the place of the log', async () => {
  const failure = build(shipping(), { go: 'echo "main.go:3: undefined: x" >&2; exit 2' })
  await expect(failure).rejects.toThrow(
    `shipping cannot be built: go build -o .local/build/shipping ended with exit code 2. Its last lines:\n    main.go:3: undefined: x\n(${join(root, 'logs/shipping.build.log')})`,
  )
})

test('two starts build one after the other', async () => {
  const go =
    'if [ -e busy ]; then echo met; fi; : > busy; read -r _ < /dev/null; /bin/sleep 0.2; /bin/rm busy'
  await Promise.all([build(shipping(), { go }), build(shipping(), { go })])
  expect(log()).toBe('another start is building it: waiting for that\n')
})

test('the end of the run ends it, and what it started', async () => {
  const end = new AbortController()
  const building = build(shipping(), { go: 'echo begun; /bin/sleep 600 & wait', signal: end.signal })
  building.catch(() => {})
  while (!log().includes('begun')) await Bun.sleep(5)
  expect(leftProcesses(join(root, 'run')).map(({ name }) => name)).toEqual(['shipping.build'])
  end.abort(new Error('enough'))
  await expect(building).rejects.toThrow('enough')
  expect(leftProcesses(join(root, 'run'))).toEqual([])
})

test('buildable is what is not TypeScript, or has a build', () => {
  const services = [
    shipping(),
    shipping({ name: 'cart', language: 'typescript', build: [] }),
    shipping({ name: 'site', language: 'typescript' }),
    shipping({ name: 'report', language: 'python', build: [] }),
  ]
  expect(buildable(services).map(({ name }) => name)).toEqual(['shipping', 'site', 'report'])
})
