import { expect, test } from 'bun:test'
import { fixtureTree } from '../check/fixture.ts'
import { installedKustomize } from '../check/kubernetes/kustomize.ts'

const why = installedKustomize() ? '' : ' (needs kubectl or kustomize on the PATH)'

/** The command as a person runs it, without a terminal. */
async function check(env: Record<string, string>, ...args: string[]) {
  const child = Bun.spawn([process.execPath, 'scripts/run.ts', 'check:k8s', ...args], {
    cwd: `${import.meta.dir}/../..`,
    env: { ...process.env, ...env },
    ...{ stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' },
  })
  const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text()])
  return { code: await child.exited, output, errors }
}

test.skipIf(why !== '')(
  `all overlays, one elsewhere, and what is no overlay${why}`,
  async () => {
    await using tree = await fixtureTree({
      'mine/kustomization.yaml': 'resources: [a.yaml]\n',
      'mine/a.yaml': 'apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec: { port: 1 }\n',
    })
    const folder = `${tree.root}/mine`
    const [all, mine, json, unknown] = await Promise.all([
      check({}),
      check({}, folder),
      check({}, folder, '--json'),
      check({}, 'prodution'),
    ])
    expect(all.output).toMatch(/^production +ok, \d+ objects$/m)
    expect(all.code).toBe(0)
    expect(mine.code).toBe(1)
    expect(mine.output).toContain('Service/a, spec.port: there is no such field; did you mean ports?\n')
    expect(json.code).toBe(1)
    const { ok, overlays } = JSON.parse(json.output)
    expect({ ok, overlay: overlays[0].overlay }).toEqual({ ok: false, overlay: folder })
    expect(overlays[0].findings).toContainEqual({
      file: expect.stringMatching(/mine\/a\.yaml$/),
      line: 4,
      object: 'Service/a',
      field: 'spec.port',
      message: 'there is no such field; did you mean ports?',
    })
    expect(unknown.code).toBe(1)
    expect(unknown.errors).toContain("There is no overlay 'prodution'; did you mean production?\n")
  },
  60_000,
)

test('where there is no kustomize, it says why nothing was checked', async () => {
  await using tree = await fixtureTree({})
  const env = { PATH: '/nowhere', HOME: tree.root, SHOP_CACHE_DIR: tree.root, SHOP_DAPR_SOURCE: 'installed' }
  const { code, output } = await check(env)
  expect(output).toStartWith('skipped: neither kubectl nor kustomize is installed.')
  expect(code).toBe(0)
}, 30_000)
