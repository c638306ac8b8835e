import { join } from 'node:path'
import { patience } from './patience.ts'
import type { Calls, FromSubject, Outcome, Report, ToSubject } from './subjects/protocol.ts'

export type PeerName = 'ours' | 'sdk'

/** Has the subject's client do something, and says what its caller is told; undefined: nothing within the time. */
export type Call = <Name extends keyof Calls>(
  name: Name,
  args: Parameters<Calls[Name]>,
  options?: { within?: number },
) => Promise<Outcome | undefined>

export interface Subject extends AsyncDisposable {
  readonly reports: Report[]
  readonly ready: Promise<void>
  call: Call
  isAlive(): Promise<boolean>
}

/** A subject without a sidecar. */
export function startSubject(name: PeerName, env: Record<string, string>): Subject {
  const reports: Report[] = []
  const answers = new Map<number, (outcome?: Outcome) => void>()
  const started = Promise.withResolvers<void>()
  let calls = 0
  const child = Bun.spawn([process.execPath, join(import.meta.dir, 'subjects', `${name}.ts`)], {
    env: { ...withoutDapr(process.env), ...env },
    stdin: 'ignore',
    // What either logs of the failures that are made here.
    stdout: 'ignore',
    stderr: process.env.BEHAVIOURS_LOG ? 'inherit' : 'ignore',
    ipc(message: FromSubject) {
      if ('ready' in message) started.resolve()
      else if ('report' in message) reports.push(message.report)
      else answers.get(message.id)?.(message.outcome)
    },
  })
  void child.exited.then(code => {
    started.reject(new Error(`${name} ended with ${code}`))
    for (const answer of answers.values()) answer()
  })
  const late = setTimeout(() => started.reject(new Error(`${name} has not started in time`)), patience)
  // Whoever waits for it hears of it.
  started.promise.finally(() => clearTimeout(late)).catch(() => undefined)

  const call: Call = async (call, args, { within = 10_000 } = {}) => {
    if (child.exitCode !== null) return undefined
    const id = calls++
    const { promise, resolve } = Promise.withResolvers<Outcome | undefined>()
    const timer = setTimeout(resolve, within)
    answers.set(id, resolve)
    child.send({ id, call, args } satisfies ToSubject)
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      answers.delete(id)
    }
  }

  return {
    reports,
    ready: started.promise,
    call,
    isAlive: async () => (await call('ping', [])) !== undefined,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await child.exited
    },
  }
}

/** Whoever runs the tests may be in a session of Dapr's. */
function withoutDapr(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(DAPR|APP|OTEL)_/.test(name)))
}
