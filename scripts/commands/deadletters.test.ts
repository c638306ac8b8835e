import { expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A command as a person runs it, in a place where no shop runs. */
async function run(...args: string[]): Promise<{ code: number; output: string }> {
  const home = await mkdtemp(join(tmpdir(), 'no-shop-'))
  await using _ = { [Symbol.asyncDispose]: () => rm(home, { recursive: true }) }
  const child = Bun.spawn([process.execPath, 'scripts/run.ts', ...args], {
    cwd: `${import.meta.dir}/../..`,
    env: { ...process.env, SHOP_HOME: home },
    ...{ stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' },
  })
  const output = (await Promise.all([child.stdout.text(), child.stderr.text()])).join('')
  return { code: await child.exited, output }
}

test.each([
  [['deadletters'], "The shop does not run. Start it with 'bun start'."],
  [['deadletters', 'replay', '--all'], 'The shop does not run.'],
  [['deadletters', 'bury'], "'bury' is nothing that can be done. Use one of:"],
  [['deadletters', 'show'], 'bun run deadletters show ID'],
  [['deadletters', 'replay'], 'Say which: --id ID,… or --all.'],
  [['deadletters', 'replay', '--all', '--id', 'e1'], 'Say which'],
  [['deadletters', 'release', 'orders'], 'bun run deadletters release SERVICE TOPIC KEY'],
  [['deadletters', '--everything'], "Unknown option '--everything'"],
  [['projection', 'rebuild', 'orders'], 'The shop does not run.'],
  [['projection', 'drop', 'orders'], 'Use: bun run projection rebuild orders'],
])(
  '%j tells what to do instead',
  async (args, message) => {
    const { code, output } = await run(...args)
    expect(code).toBe(1)
    expect(output).toContain(message)
  },
  30_000,
)

test('the help names what there is', async () => {
  const { code, output } = await run('deadletters', '--help')
  expect(code).toBe(0)
  for (const word of ['show ID', '--id', '--all', '--json']) expect(output).toContain(word)
}, 30_000)
