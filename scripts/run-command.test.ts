import { expect, test } from 'bun:test'

/** The command as a process of its own, its output piped through a shell. */
async function piped(run: string, reader: string, outlivesReader = false): Promise<string> {
  const script = `
    const { runCommand } = await import('./run-command.ts')
    await runCommand({ run: async () => { ${run} } }, [], { outlivesReader: ${outlivesReader} })`
  const child = Bun.spawn(['sh', '-c', `{ "$BUN" -e "$SCRIPT"; echo "exit $?" >&2; } | ${reader}`], {
    cwd: import.meta.dir,
    env: { ...process.env, BUN: process.execPath, SCRIPT: script },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text()])
  return `${output}${errors}`.trim().replaceAll(/\s+/g, ' ')
}

const manyLines = "for (let i = 0; i < 40_000; i++) process.stdout.write('a line of some length\\n')"

test('a reader that is slow gets everything', async () => {
  expect(await piped(manyLines, '(sleep 0.3; wc -l)')).toBe('40000 exit 0')
})

test('the error after much output comes whole, and the code is 1', async () => {
  const text = await piped(`${manyLines}; throw new Error('broken')`, 'wc -l')
  expect(text).toStartWith('40000')
  expect(text).toContain('broken')
  expect(text).toEndWith('exit 1')
})

const forever = "setInterval(() => process.stdout.write('a line\\n'), 5); await new Promise(() => {})"

test('without a reader a command that only prints ends quietly', async () => {
  expect(await piped(forever, 'head -1')).toBe('a line exit 0')
})

test('one that has something to clean up does so first', async () => {
  const cleans = "process.once('SIGTERM', () => { process.stderr.write('cleaned '); process.exit(0) })"
  expect(await piped(`${cleans}; ${forever}`, 'head -1')).toBe('a line cleaned exit 0')
})

test('one that does more goes on', async () => {
  const works = "for (let i = 0; i < 100; i++) { process.stdout.write('a line\\n'); await Bun.sleep(1) }"
  expect(await piped(`${works}; process.stderr.write('done ')`, 'head -1', true)).toBe('a line done exit 0')
})
