import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { copyDapr, edits } from './dapr-source.ts'
import { emptyPlace } from './testing.ts'

const own = join(import.meta.dir, 'runtime/dapr')
let place: Awaited<ReturnType<typeof emptyPlace>>

beforeAll(async () => {
  place = await emptyPlace()
})
afterAll(() => place[Symbol.asyncDispose]())

/** A source that has the lines of the edits, but for one. */
async function source(name: string, lacks?: string): Promise<string> {
  const folder = join(place.path, name)
  const files = Map.groupBy(edits, ({ file }) => file)
  for (const [file, ofFile] of files)
    await Bun.write(join(folder, file), ofFile.map(({ from }) => (from === lacks ? '' : from)).join('\n'))
  await Bun.write(join(folder, 'go.mod'), 'module github.com/dapr/dapr\n')
  await Bun.write(join(folder, 'pkg/security/security_test.go'), '')
  await Bun.write(join(folder, 'tests/apps/app.go'), '')
  return folder
}

test('has every edit and the files of our own, and no tests', async () => {
  const to = join(place.path, 'copy')
  await copyDapr(await source('whole'), { to, own })
  const files = await Array.fromAsync(new Bun.Glob('**').scan(to))
  expect(files.sort()).toEqual(
    [...new Set([...edits.map(({ file }) => file), 'go.mod', 'pkg/pooled/copy.go'])].sort(),
  )
  for (const { file, from } of edits) {
    const text = await Bun.file(join(to, file)).text()
    if (from !== 'import (\n') expect(text).not.toContain(from)
    if (!file.startsWith('cmd/')) expect(text).toContain('"github.com/dapr/dapr/pkg/pooled"')
  }
})

test('of another version, that has not what is edited, says so', async () => {
  const lacks = edits[0]?.from ?? ''
  const copying = copyDapr(await source('other', lacks), { to: join(place.path, 'none'), own })
  await expect(copying).rejects.toThrow(`cmd/daprd/app/app.go no longer has ${JSON.stringify(lacks)}`)
})
