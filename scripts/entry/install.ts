import { constants } from 'node:os'
import { join } from 'node:path'
import { withLock } from '../../dapr/install/lock.ts'
import { installAdvice } from './install-advice.ts'

export interface InstallOptions {
  /** Gets each line for the person. */
  report?: (line: string) => void
  /** Default: the Bun that runs this. */
  bun?: string
}

/**
 * Installs what the lockfile names, once for every state of lockfile and manifests. When several commands begin in a
 * fresh clone, one installs and the others wait for it.
 * Ends the process when the installation fails (1, with advice) or is interrupted (128 and the signal's number).
 *
 * @param workspaces the patterns of package.json's `workspaces`
 * @returns whether there was something to install: by this process, or by the one that it waited for
 */
export async function installLocked(
  root: string,
  workspaces: readonly string[],
  { report = line => void process.stderr.write(`${line}\n`), bun = process.execPath }: InstallOptions = {},
): Promise<boolean> {
  if (await isInstalled(root, workspaces)) return false
  const waiting = () => report('waiting for another command that installs the locked dependencies')
  await withLock(join(root, 'node_modules/.install.lock'), { signal: undefined, waiting }, async () => {
    if (await isInstalled(root, workspaces)) return
    const started = performance.now()
    report('installing the locked dependencies')
    const failure = await runInstall(bun, root)
    if (failure) {
      report(failure.text)
      process.exit(failure.code)
    }
    await Bun.write(stampOf(root), await stateOf(root, workspaces))
    report(`installed the locked dependencies in ${((performance.now() - started) / 1000).toFixed(1)} s`)
  })
  return true
}

const stampOf = (root: string) => join(root, 'node_modules/.installed')

async function isInstalled(root: string, workspaces: readonly string[]): Promise<boolean> {
  const stamp = Bun.file(stampOf(root))
  return (await stamp.exists()) && (await stamp.text()) === (await stateOf(root, workspaces))
}

/** Changes with everything that could ask for another tree: lockfile, settings, manifests, platform. */
export async function stateOf(root: string, workspaces: readonly string[]): Promise<string> {
  const files = ['bun.lock', 'bunfig.toml', 'package.json']
  for (const pattern of workspaces) {
    files.push(...(await Array.fromAsync(new Bun.Glob(`${pattern}/package.json`).scan({ cwd: root }))))
  }
  const hash = new Bun.CryptoHasher('sha256')
  hash.update(`${process.platform} ${process.arch}`)
  for (const file of files.sort()) {
    const text = await Bun.file(join(root, file)).text()
    hash.update(`\n${file} ${text.length}\n${text}`)
  }
  return hash.digest('hex')
}

async function runInstall(bun: string, root: string): Promise<{ text: string; code: number } | undefined> {
  let child: Bun.Subprocess<'ignore', 'pipe', 'pipe'> | undefined
  let interrupted: NodeJS.Signals | undefined
  const passOn = (signal: NodeJS.Signals) => {
    interrupted = signal
    child?.kill(signal)
  }
  // Before there is a child: a signal while it is made would end this process alone.
  for (const signal of signals) process.on(signal, passOn)
  try {
    child = Bun.spawn([bun, 'install', '--frozen-lockfile'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [code, output, errors] = await Promise.all([
      child.exited,
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ])
    if (interrupted)
      return { text: `interrupted by ${interrupted}`, code: 128 + constants.signals[interrupted] }
    if (code === 0) return undefined
    const text = `${output}${errors}\nbun install --frozen-lockfile failed (exit ${code}).\n`
    return { text: text + installAdvice(output + errors), code: 1 }
  } finally {
    for (const signal of signals) process.off(signal, passOn)
  }
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
