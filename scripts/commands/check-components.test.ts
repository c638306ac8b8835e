import { expect, test } from 'bun:test'
import { fixtureTree } from '../check/fixture.ts'

/** The command as a person runs it, without a terminal. */
async function check(...args: string[]): Promise<{ code: number; output: string; errors: string }> {
  const child = Bun.spawn([process.execPath, 'scripts/run.ts', 'check:components', ...args], {
    cwd: `${import.meta.dir}/../..`,
    ...{ stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' },
  })
  const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text()])
  return { code: await child.exited, output, errors }
}

test('all sets, one of them, a folder elsewhere, and what is no set', async () => {
  await using tree = await fixtureTree({ 'my-set/a.yaml': 'kind: Componet\n' })
  const folder = `${tree.root}/my-set`
  const [all, one, mine, json, unknown] = await Promise.all([
    check(),
    check('embedded'),
    check(folder, 'embedded'),
    check(folder, '--json'),
    check('embeded'),
  ])
  expect(all.output).toMatch(/^embedded +ok$/m)
  expect({ all: all.code, one: one.code }).toEqual({ all: 0, one: 0 })
  expect(mine.code).toBe(1)
  expect(mine.output).toContain(`${folder} 8 wrong\n`)
  expect(mine.output).toContain(
    `${folder}/a.yaml:1: kind is Componet, so daprd passes over it; did you mean Component?\n`,
  )
  expect(mine.output).toMatch(/^embedded +ok$/m)
  expect(json.code).toBe(1)
  const { ok, sets } = JSON.parse(json.output)
  expect(ok).toBe(false)
  expect(sets).toHaveLength(1)
  expect(sets[0].findings).toContainEqual({
    file: `${folder}/a.yaml`,
    line: 1,
    message: 'kind is Componet, so daprd passes over it',
    fix: 'did you mean Component?',
  })
  expect(unknown.code).toBe(1)
  expect(unknown.errors).toContain("There is no component set 'embeded'; did you mean embedded?\n")
}, 30_000)
