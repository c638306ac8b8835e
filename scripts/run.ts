// Entry of every `bun run <command>`. It runs before anything is installed, so it imports only built-ins:
// it installs the locked dependencies, hands over to the pinned Bun, then loads the command.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import packageJson from '../package.json' with { type: 'json' }

const root = resolve(import.meta.dir, '..')
const stamp = join(root, 'node_modules/.installed')
const pinnedBun = packageJson.devDependencies.bun

process.chdir(root)
await install()

if (Bun.version === pinnedBun || process.env.SHOP_BUN === pinnedBun) {
  const { main } = await import('./cli.ts')
  await main(process.argv.slice(2))
} else {
  process.exit(await handOver(join(root, 'node_modules/.bin/bun')))
}

async function install(): Promise<void> {
  const lock = await lockHash()
  if (existsSync(stamp) && (await Bun.file(stamp).text()) === lock) return
  const started = performance.now()
  process.stderr.write('installing the locked dependencies\n')
  const child = Bun.spawn([process.execPath, 'install', '--frozen-lockfile'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [code, output, errors] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  if (code !== 0) {
    process.stderr.write(`${output}${errors}\nbun install --frozen-lockfile failed (exit ${code}).\n`)
    process.stderr.write('Check the network or the npm registry in use, then run the same command again.\n')
    process.exit(1)
  }
  await Bun.write(stamp, lock)
  process.stderr.write(`installed the locked dependencies in ${seconds(performance.now() - started)}\n`)
}

/** Changes whenever the lockfile or a manifest of the workspace could ask for another tree. */
async function lockHash(): Promise<string> {
  const hash = new Bun.CryptoHasher('sha256')
  for (const file of ['bun.lock', 'package.json', 'bunfig.toml']) {
    hash.update(await Bun.file(join(root, file)).bytes())
  }
  return hash.digest('hex')
}

/** Runs the same command with the pinned Bun; signals reach it, and its exit code is ours. */
async function handOver(bun: string): Promise<number> {
  const child = Bun.spawn([bun, 'scripts/run.ts', ...process.argv.slice(2)], {
    cwd: root,
    stdio: ['inherit', 'inherit', 'inherit'],
    env: { ...process.env, SHOP_BUN: pinnedBun },
  })
  // A terminal sends Ctrl-C to the whole group; a signal sent to this process alone is passed on.
  process.on('SIGINT', () => {})
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
  return await child.exited
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
