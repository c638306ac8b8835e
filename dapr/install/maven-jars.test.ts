import { expect, test } from 'bun:test'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { hasMavenJars, obtainMavenJars } from './maven-jars.ts'
import { emptyPlace } from './testing.ts'

const files: Record<string, string> = { 'org/one/1/one-1.jar': 'one', 'org/two/2/two-2.jar': 'two' }
const lock = `# comment\n${Object.entries(files)
  .map(([path, text]) => `${new Bun.CryptoHasher('sha256').update(text).digest('hex')}  ${path}\n`)
  .join('')}`
const jars = { name: 'tool-1', lock }

function repository(contents: Record<string, string>) {
  const asked: string[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch({ url }) {
      const path = new URL(url).pathname.slice('/maven2/'.length)
      asked.push(path)
      const text = contents[path]
      return text === undefined ? new Response(null, { status: 404 }) : new Response(text)
    },
  })
  const url = `http://127.0.0.1:${server.port}/maven2`
  return { asked, url, [Symbol.asyncDispose]: () => server.stop(true) }
}

test('jars are fetched once, also by two runs at once', async () => {
  await using place = await emptyPlace()
  await using maven = repository(files)
  const env = { ...place.env, SHOP_MAVEN_URL: maven.url }
  const reports: string[] = []
  expect(await hasMavenJars(jars, env)).toBe(false)
  const both = [1, 2].map(() => obtainMavenJars(jars, { env, report: line => reports.push(line) }))
  const [folder, other] = await Promise.all(both)
  expect(other).toBe(folder as string)
  expect(maven.asked.sort()).toEqual(Object.keys(files))
  expect((await readdir(folder as string)).sort()).toEqual(['one-1.jar', 'two-2.jar'])
  expect(await Bun.file(join(folder as string, 'two-2.jar')).text()).toBe('two')
  expect(reports).toContain('fetching tool-1: 2 of 2 files')
  expect(await hasMavenJars(jars, env)).toBe(true)
})

test('another list has another folder', async () => {
  await using place = await emptyPlace()
  await using maven = repository(files)
  const options = { env: { ...place.env, SHOP_MAVEN_URL: maven.url }, report: () => {} }
  const shorter = { ...jars, lock: lock.split('\n').slice(0, 2).join('\n') }
  const folder = await obtainMavenJars(shorter, options)
  expect(await readdir(folder)).toEqual(['one-1.jar'])
  expect(await obtainMavenJars(jars, options)).not.toBe(folder)
})

test.each([
  ['another file', { ...files, 'org/two/2/two-2.jar': 'too' }, 'two-2.jar has the wrong checksum'],
  ['no file', { 'org/one/1/one-1.jar': 'one' }, 'two-2.jar answered 404'],
])('%s is an error, and leaves nothing', async (_, contents, message) => {
  await using place = await emptyPlace()
  await using maven = repository(contents)
  const env = { ...place.env, SHOP_MAVEN_URL: maven.url }
  await expect(obtainMavenJars(jars, { env, report: () => {} })).rejects.toThrow(message)
  expect(await readdir(join(place.env.SHOP_CACHE_DIR, 'work'))).toEqual([])
  expect(await hasMavenJars(jars, env)).toBe(false)
})

test('an abort leaves nothing', async () => {
  await using place = await emptyPlace()
  await using maven = repository(files)
  const env = { ...place.env, SHOP_MAVEN_URL: maven.url }
  const ending = new AbortController()
  const report = () => ending.abort(new Error('the end'))
  await expect(obtainMavenJars(jars, { env, report, signal: ending.signal })).rejects.toThrow('the end')
  expect(await readdir(join(place.env.SHOP_CACHE_DIR, 'work'))).toEqual([])
  expect(await hasMavenJars(jars, env)).toBe(false)
})

test('a list that is none is an error', async () => {
  await using place = await emptyPlace()
  const obtaining = obtainMavenJars(
    { ...jars, lock: 'org/one/1/one-1.jar' },
    { env: place.env, report: () => {} },
  )
  await expect(obtaining).rejects.toThrow('no SHA-256 and path: org/one/1/one-1.jar')
})
