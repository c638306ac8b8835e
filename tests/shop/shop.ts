import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { isRunning, type ProcessIdentity, startOf } from '../../dapr/install/process-identity.ts'
import { type LeftProcess, leftProcesses } from '../../scripts/supervisor/processes/left-processes.ts'
import { type Instance, readInstance } from '../../scripts/supervisor/session/instance.ts'
import type { AnyShop } from './any-shop.ts'
import { accessTo } from './local-access.ts'

const ownRoot = resolve(import.meta.dir, '../..')

/** A shop that `bun start` runs. */
export interface Shop extends AnyShop, AsyncDisposable {
  /** SHOP_HOME: everything this shop writes is below its `.local`. */
  home: string
  offset: number
  instance: Instance
  /** The process of `bun start`. */
  starter: Bun.Subprocess
  /** Every part that runs now. */
  processes: () => LeftProcess[]
  /** What every part runs as now, by name: `orders`, `orders.sidecar`, `broker`, `sentry`, … */
  pids: () => Record<string, number>
  /** What the starter printed so far. */
  output: () => string
  /** Runs `bun run <command>` on this shop, to its end. */
  command: (...args: string[]) => Promise<{ code: number; output: string }>
  /** As a person would, with `bun run stop`. */
  stop: () => Promise<void>
}

export interface StartShopOptions {
  /** Default: a new one, removed at the end. */
  home?: string
  offset?: number
  /** @default 'start' */
  command?: 'start' | 'dev'
  /** After the command. */
  args?: string[]
  /** The checkout to run. @default this one */
  root?: string
  env?: Record<string, string>
  /** Runs it as a person does: by `bun run`, on a terminal of its own. */
  terminal?: boolean
  /** Ends a start that is under way; once it is ready, disposing does. */
  signal?: AbortSignal
}

/** A start that ended, or was ended, before the shop was ready. */
export class ShopNotReady extends Error {
  override readonly name = 'ShopNotReady'
  /** What `bun start` printed. */
  readonly output: string
  /** Of `bun start`; null: by a signal. */
  readonly exitCode: number | null

  constructor({ output, exitCode }: { output: string; exitCode: number | null }) {
    super(`bun start (exit ${exitCode}) did not become ready:\n${output}`)
    this.output = output
    this.exitCode = exitCode
  }
}

/**
 * Starts the whole shop with `bun start` beside any other one: on ports and in a home of its own. Use it with
 * `await using`; disposing stops it, removes a home that it made, and fails when a process is left.
 * @throws ShopNotReady with what `start` printed
 */
export async function startShop({ home, offset, ...options }: StartShopOptions = {}): Promise<Shop> {
  const folder = home ?? mkdtempSync(join(tmpdir(), 'shop-'))
  for (let tries = 1; ; tries++) {
    const started = await start(folder, offset ?? randomOffset(), options)
    const end = () => started.starter.kill('SIGTERM')
    if (options.signal?.aborted) end()
    options.signal?.addEventListener('abort', end)
    const ready = await started.ready
    options.signal?.removeEventListener('abort', end)
    if (ready) return asShop(started, { ownsHome: home === undefined })
    // somebody else's test may have taken the same ports in the meantime
    if (offset === undefined && tries < 4 && /^Port \d+ .*\btaken\b/m.test(started.output())) continue
    if (home === undefined) rmSync(folder, { recursive: true, force: true })
    throw new ShopNotReady({ output: started.output(), exitCode: await started.starter.exited })
  }
}

interface Started {
  root: string
  home: string
  offset: number
  env: Record<string, string>
  starter: Bun.Subprocess
  output: () => string
  /** False when it ended instead. */
  ready: Promise<boolean>
}

async function start(
  home: string,
  offset: number,
  { command = 'start', args = [], env = {}, root = ownRoot, terminal = false }: StartShopOptions,
): Promise<Started> {
  const environment = shopEnvironment({ home, offset, env })
  let output = ''
  const ready = Promise.withResolvers<boolean>()
  const decoder = new TextDecoder()
  const add = (chunk: Uint8Array) => {
    output += decoder.decode(chunk, { stream: true })
    if (/^ready/m.test(output)) ready.resolve(true)
  }
  const read = async (stream: ReadableStream<Uint8Array>) => {
    for await (const chunk of stream) add(chunk)
  }
  const options = { cwd: root, env: environment }
  let starter: Bun.Subprocess
  if (terminal) {
    const size = { cols: 120, rows: 40, data: (_: unknown, chunk: Uint8Array) => add(chunk) }
    starter = Bun.spawn([process.execPath, 'run', command, ...args], { ...options, terminal: size })
    starter.exited.then(() => ready.resolve(false))
  } else {
    const stdio = ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe']
    const child = Bun.spawn([process.execPath, 'scripts/run.ts', command, ...args], { ...options, stdio })
    Promise.all([read(child.stdout), read(child.stderr)]).then(() => ready.resolve(false))
    starter = child
  }
  return { root, home, offset, env: environment, starter, output: () => output, ready: ready.promise }
}

function asShop(
  { root, home, offset, env, starter, output }: Started,
  { ownsHome }: { ownsHome: boolean },
): Shop {
  const instance = readInstance({ root, env })
  const processes = () => leftProcesses(instance.runDir)
  const pids = () => Object.fromEntries(processes().map(({ name, pid }) => [name, pid]))
  const seen = new Map<number, ProcessIdentity>()
  const command = (...args: string[]) => {
    remember()
    return runCommand(args, env, root)
  }
  const stop = async () => {
    const { code, output: text } = await command('stop')
    if (code !== 0) throw new Error(`bun run stop failed:\n${text}`)
  }

  function remember() {
    for (const pid of Object.values(pids())) seen.set(pid, { pid, started: startOf(pid) ?? '' })
  }

  return {
    ...accessTo({ instance, command }),
    gateway: `http://127.0.0.1:${Number(env.GATEWAY_PORT) || 8000 + offset}`,
    home,
    offset,
    instance,
    starter,
    processes,
    pids,
    output,
    command,
    stop,
    async [Symbol.asyncDispose]() {
      remember()
      await stop()
      await starter.exited
      if (ownsHome) rmSync(home, { recursive: true, force: true })
      const left = [...seen.values()].filter(isRunning)
      if (left.length > 0) throw new Error(`processes left behind: ${left.map(({ pid }) => pid).join(', ')}`)
    },
  }
}

/** The environment of every command on that shop. */
export function shopEnvironment({
  home,
  offset,
  env = {},
}: {
  home: string
  offset: number
  env?: Record<string, string>
}): Record<string, string> {
  const { GATEWAY_PORT: _, ...inherited } = process.env as Record<string, string>
  return { ...inherited, NO_COLOR: '1', SHOP_HOME: home, SHOP_PORT_OFFSET: String(offset), ...env }
}

/** Runs `bun run <args>` to its end; standard output and error together. */
export async function runCommand(
  args: string[],
  env: Record<string, string>,
  cwd: string = ownRoot,
): Promise<{ code: number; output: string }> {
  const child = Bun.spawn([process.execPath, 'scripts/run.ts', ...args], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [code, output, errors] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { code, output: output + errors }
}

/** A shop uses 8000 to 8513 above its offset; below 32768, where outgoing connections begin. */
export function randomOffset(): number {
  return 600 * (1 + Math.floor(Math.random() * 23))
}

/** Waits for a condition that others bring about, at most `timeout` milliseconds; looks every `everyMs` milliseconds. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeout = 30_000,
  everyMs = 50,
): Promise<void> {
  const deadline = performance.now() + timeout
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited ${timeout / 1000} s in vain: ${what}`)
    await Bun.sleep(everyMs)
  }
}
