import { afterAll, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'
import { readInstance } from '../session/instance.ts'
import { runFileOfSet } from './run-file-of-set.ts'

const root = resolve(import.meta.dir, '../../..')
const home = mkdtempSync(join(tmpdir(), 'run-file-'))
afterAll(() => rmSync(home, { recursive: true }))
mkdirSync(join(home, '.local/run'), { recursive: true })

test('the embedded set has the committed run file', () => {
  expect(runFileOfSet(readInstance({ root, env: { SHOP_HOME: home } }))).toBe(join(root, 'dapr/dapr.yaml'))
})

test('another set has a copy that names its components, and works from where it is', () => {
  const file = runFileOfSet(readInstance({ root, env: { SHOP_HOME: home, SHOP_SET: 'redis' } }))
  const { common, apps } = parse(readFileSync(file, 'utf8'))
  const original = parse(readFileSync(join(root, 'dapr/dapr.yaml'), 'utf8'))
  expect(common).toEqual({
    ...original.common,
    resourcesPaths: [join(root, 'components/redis'), join(root, 'dapr/resiliency')],
  })
  expect(apps).toEqual(original.apps.map((app: object) => ({ ...app, appDirPath: root })))
})
