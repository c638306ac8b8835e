import { afterEach, beforeEach, expect, test } from 'bun:test'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findJava } from './java.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'java-'))
})
afterEach(() => rmSync(home, { recursive: true }))

function putJava(folder: string, script: string): string {
  mkdirSync(join(home, folder), { recursive: true })
  const path = join(home, folder, 'java')
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  return path
}

test('the Java of JAVA_HOME goes before that of the PATH', async () => {
  const onPath = putJava('path', `echo 'openjdk version "17.0.15" 2025-04-15' >&2`)
  const ofHome = putJava('jdk/bin', `echo 'java version "21" 2023-09-19 LTS' >&2`)
  const PATH = join(home, 'path')
  expect(await findJava({ PATH })).toEqual({ path: onPath, version: 17 })
  expect(await findJava({ PATH, JAVA_HOME: join(home, 'jdk') })).toEqual({ path: ofHome, version: 21 })
})

test('a Java that does not run is none', async () => {
  putJava('path', 'echo Unable to locate a Java Runtime. >&2; exit 1')
  expect(await findJava({ PATH: join(home, 'path') })).toBeUndefined()
  expect(await findJava({ PATH: home })).toBeUndefined()
  expect(await findJava({ PATH: '', JAVA_HOME: join(home, 'gone') })).toBeUndefined()
})

test('Java 8 is not taken for a later one', async () => {
  putJava('path', `echo 'openjdk version "1.8.0_452"' >&2`)
  expect((await findJava({ PATH: join(home, 'path') }))?.version).toBe(1)
})
