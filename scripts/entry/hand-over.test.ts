import { expect, test } from 'bun:test'
import { fixtureTree } from '../check/fixture.ts'

const program = `
  console.log(process.pid)
  for (const signal of ['SIGHUP', 'SIGTERM', 'SIGINT']) process.on(signal, () => {
    console.log(signal)
    if (signal === 'SIGINT') process.exit(7)
  })
  console.log('listens')
  setInterval(() => {}, 1000)`

/** Starts a process that hands over to the program, signals that process and reads what the program tells. */
async function signalled(options: string, signals: NodeJS.Signals[]) {
  await using tree = await fixtureTree({ 'program.ts': program })
  const script = `
    const { handOver } = await import('./hand-over.ts')
    process.exit(await handOver([process.execPath, process.argv[1], 'an argument'], process.env, ${options}))`
  const child = Bun.spawn([process.execPath, '-e', script, `${tree.root}/program.ts`], {
    cwd: import.meta.dir,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const told: string[] = []
  let rest = ''
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      told.push(line)
      // one after the other: two that arrive at once have no order
      const next = told.length >= 2 ? signals.shift() : undefined
      if (next) child.kill(next)
    }
  }
  return { told, pid: child.pid, code: await child.exited }
}

test('the program takes the place of the process and gets each signal once', async () => {
  const { told, pid, code } = await signalled('{}', ['SIGHUP', 'SIGTERM', 'SIGINT'])
  expect(told).toEqual([String(pid), 'listens', 'SIGHUP', 'SIGTERM', 'SIGINT'])
  expect(code).toBe(7)
})

test('where a process cannot be replaced, a child gets each signal once', async () => {
  const { told, pid, code } = await signalled('{ replaces: false }', ['SIGHUP', 'SIGTERM', 'SIGINT'])
  expect(told[0]).not.toBe(String(pid))
  expect(told.slice(1)).toEqual(['listens', 'SIGHUP', 'SIGTERM', 'SIGINT'])
  expect(code).toBe(7)
})
