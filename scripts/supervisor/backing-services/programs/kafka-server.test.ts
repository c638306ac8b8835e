import { afterEach, beforeEach, expect, test } from 'bun:test'
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { installedLibraries } from './kafka-server.ts'

let home: string
beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'kafka-')))
})
afterEach(() => rmSync(home, { recursive: true }))

function put(path: string): string {
  mkdirSync(dirname(join(home, path)), { recursive: true })
  writeFileSync(join(home, path), '#!/bin/sh\n')
  chmodSync(join(home, path), 0o755)
  return join(home, path)
}

test('KAFKA_HOME goes before the PATH', () => {
  put('one/libs/kafka_2.13-3.9.1.jar')
  put('two/libs/kafka_2.13-4.1.0.jar')
  put('two/bin/kafka-server-start.sh')
  const PATH = join(home, 'two/bin')
  expect(installedLibraries({ PATH })).toBe(join(home, 'two/libs'))
  expect(installedLibraries({ PATH, KAFKA_HOME: join(home, 'one') })).toBe(join(home, 'one/libs'))
})

test('Homebrew links its script, and keeps the jars elsewhere', () => {
  const script = put('Cellar/kafka/4.1.0/bin/kafka-server-start')
  put('Cellar/kafka/4.1.0/libexec/libs/kafka_2.13-4.1.0.jar')
  mkdirSync(join(home, 'bin'))
  symlinkSync(script, join(home, 'bin/kafka-server-start'))
  expect(installedLibraries({ PATH: join(home, 'bin') })).toBe(join(home, 'Cellar/kafka/4.1.0/libexec/libs'))
})

test('a folder without the server is none', () => {
  put('libs/kafka-clients-3.9.1.jar')
  expect(installedLibraries({ PATH: '', KAFKA_HOME: home })).toBeUndefined()
  expect(installedLibraries({ PATH: '' })).toBeUndefined()
})
