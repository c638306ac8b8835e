import { open, readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Daprd } from 'elysia-dapr/testing'

/** Mebibytes of resident memory of one process of Linux. */
export type Memory = () => Promise<number>

/** Why it cannot be measured here. */
export function missingProc(): string | undefined {
  return process.platform === 'linux' ? undefined : 'needs /proc'
}

/** The process of a sidecar: the one that has its port in its arguments. @throws Error when there is none */
export async function memoryOf({ ports }: Pick<Daprd, 'ports'>): Promise<Memory> {
  const argument = `\0--dapr-http-port\0${ports.http}\0`
  for (const id of (await readdir('/proc')).filter(name => /^\d+$/.test(name))) {
    const line = await readFile(`/proc/${id}/cmdline`, 'latin1').catch(() => '')
    if (line.includes(argument)) return () => residentMemory(id)
  }
  throw new Error(`no process has the port ${ports.http}`)
}

/**
 * Has a program read from the disk anew, as after a start of the machine. The kernel maps more around each page that is
 * used of a file that was written a moment ago, and so the one that was built last would take some MiB more.
 */
export async function readAnew(path: string): Promise<void> {
  // what is not on the disk yet cannot be forgotten
  await using file = await open(path)
  await file.datasync()
  // https://www.gnu.org/software/coreutils/manual/html_node/dd-invocation.html
  const forget = Bun.spawn(['dd', `if=${path}`, 'iflag=nocache', 'count=0', 'status=none'])
  if ((await forget.exited) !== 0) throw new Error(`dd could not have ${path} read anew`)
}

async function residentMemory(id: string): Promise<number> {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${id}/status`, 'latin1'))?.[1]
  if (kibibytes === undefined) throw new Error(`process ${id} has ended`)
  return Number(kibibytes) / 1_024
}

/**
 * What it comes to once it has stayed within a hundredth for a second.
 * @throws Error when it does not in half a minute; the signal's reason when it aborts
 */
export async function settled(memory: Memory, signal: AbortSignal): Promise<number> {
  const ends = performance.now() + 30_000
  for (let now = await memory(), since = performance.now(); performance.now() < ends; ) {
    await sleep(50, undefined, { signal })
    const next = await memory()
    if (Math.abs(next - now) > now / 100) [now, since] = [next, performance.now()]
    else if (performance.now() - since > 1_000) return next
  }
  throw new Error('its memory does not settle')
}

/** The most that it takes until the work is done. */
export async function highest(memory: Memory, work: Promise<void>): Promise<number> {
  let isDone = false
  const done = work.finally(() => {
    isDone = true
  })
  let most = 0
  while (!isDone) {
    most = Math.max(most, await memory())
    await Promise.race([done, sleep(50)])
  }
  await done
  return most
}
