import { expect, test } from 'bun:test'

/** The command as a person runs it, without a terminal. */
async function migration(...args: string[]): Promise<{ code: number; output: string }> {
  const child = Bun.spawn([process.execPath, 'scripts/run.ts', 'migration', ...args], {
    cwd: `${import.meta.dir}/../..`,
    ...{ stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' },
  })
  const output = (await Promise.all([child.stdout.text(), child.stderr.text()])).join('')
  return { code: await child.exited, output }
}

test('it says what there is to say, and what to type instead', async () => {
  const [upToDate, unknown, misnamed] = await Promise.all([
    migration('orders', 'nothing'),
    migration('gateway', 'init'),
    migration('orders', 'Add Discount'),
  ])
  expect(upToDate.code).toBe(0)
  expect(upToDate.output).toContain('The migrations of orders are up to date.\n')
  expect(unknown.code).toBe(1)
  expect(unknown.output).toMatch(
    /^gateway has no database \(no services\/gateway\/src\/schema\.ts\)\. Use one of: .*orders.*\.$/m,
  )
  expect(misnamed.code).toBe(1)
  expect(misnamed.output).toContain(
    "'Add Discount' is no name of a migration. Use lower-case words with hyphens.\n",
  )
}, 30_000)
