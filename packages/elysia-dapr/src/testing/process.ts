import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { guardProcess } from './guard.ts'

export interface ProcessOptions {
  cwd: string
  env: NodeJS.ProcessEnv
  /** File that its output is added to. */
  log: string
  /** How long it may take to end, in milliseconds, before it is killed. @default 10_000 */
  graceMs?: number
}

/** A program that ends when this process does, however that ends. */
export interface Process {
  readonly pid: number
  /** How it ended: `code 1`, or the signal. */
  readonly ended: Promise<string>
  /** All output so far, of earlier runs with the same file as well. */
  log(): string
  /** Resolves once it has ended; at once for a signal that ends nothing. */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Asks it to end, and kills it when it has not after the grace. */
  end(): Promise<void>
}

/** @throws Error when the program cannot be run */
export async function startProcess(
  [program = '', ...args]: string[],
  { cwd, env, log, graceMs = 10_000 }: ProcessOptions,
): Promise<Process> {
  const output = openSync(log, 'a')
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', output, output] })
  closeSync(output)
  const release = child.pid === undefined ? undefined : guardProcess(child.pid)
  const ended = new Promise<string>(resolve => {
    child.once('exit', (code, signal) => {
      release?.()
      resolve(signal ?? `code ${code}`)
    })
  })
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
  // Whoever forgets to end it is not kept from ending.
  child.unref()

  async function kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    child.kill(signal)
    if (harmless.has(signal)) return
    child.ref()
    await ended
  }

  async function end(): Promise<void> {
    child.kill('SIGTERM')
    // One that is stopped would not see it.
    child.kill('SIGCONT')
    child.ref()
    const timer = setTimeout(() => child.kill('SIGKILL'), graceMs)
    await ended
    clearTimeout(timer)
  }

  return { pid: child.pid as number, ended, log: () => readFileSync(log, 'utf8'), kill, end }
}

const harmless = new Set<NodeJS.Signals>(['SIGSTOP', 'SIGCONT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'])
