import { afterEach, beforeEach, expect, test } from 'bun:test'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Server } from '../infrastructure/server.ts'
import { type Instance, readInstance } from '../session/instance.ts'
import { kafkaNode } from './kafka-node.ts'

let home: string
let instance: Instance
let node: Server
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kafka-'))
  instance = readInstance({ root: home, env: {} })
  for (const folder of [instance.runDir, instance.dataDir]) mkdirSync(folder, { recursive: true })
  node = kafkaNode(instance, { port: 8519, controllerPort: 8520, user: 'shop', password: 'secret' })
})
afterEach(() => rmSync(home, { recursive: true }))

const never = new AbortController().signal

/** A Java that writes down what it is asked for. */
function java(script: string) {
  const path = join(home, 'java')
  writeFileSync(path, `#!/bin/sh\necho "$@" >> ${home}/calls\n${script}\n`, { mode: 0o755 })
  return { path, env: { CLASSPATH: '/libs/*' } }
}

test('the process is Java, with what it needs in a file that its owner alone reads', () => {
  const { command, cwd, env } = node.part({ path: '/bin/java', env: { CLASSPATH: '/libs/*' } })
  const file = join(instance.runDir, 'kafka.properties')
  expect(command[0]).toBe('/bin/java')
  expect(command.slice(-2)).toEqual(['kafka.Kafka', file])
  expect(command.join(' ')).not.toContain('secret')
  expect(cwd).toBe(join(instance.dataDir, 'kafka'))
  expect(env.CLASSPATH).toBe('/libs/*')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const lines = readFileSync(file, 'utf8').split('\n')
  expect(lines).toContain('listeners=CLIENT://127.0.0.1:8519,CONTROLLER://127.0.0.1:8520')
  expect(lines.filter(line => line.includes('user_shop="secret"'))).toHaveLength(2)
})

test('its data is made once', async () => {
  const data = join(instance.dataDir, 'kafka/data')
  const program = java(`mkdir -p ${data} && touch ${data}/meta.properties`)
  await node.initialise?.(program, never)
  await node.initialise?.(program, never)
  const calls = readFileSync(join(home, 'calls'), 'utf8').trim().split('\n')
  expect(calls).toHaveLength(1)
  expect(calls[0]).toEndWith(
    `kafka.tools.StorageTool format --cluster-id ZWx5c2lhLWRhcHItc2hvcA --config ${instance.runDir}/kafka.properties`,
  )
})

test('what the tool says is told when it cannot', async () => {
  const program = java('echo Disk is full. >&2; exit 1')
  await expect(node.initialise?.(program, never) as Promise<void>).rejects.toThrow(
    `Kafka cannot make its data in ${instance.dataDir}/kafka: Disk is full.`,
  )
})

test('the end of the run ends the tool', async () => {
  const ending = new AbortController()
  const made = node.initialise?.(java(`touch ${home}/begun; exec sleep 60`), ending.signal) as Promise<void>
  while (!existsSync(join(home, 'begun'))) await Bun.sleep(5)
  ending.abort(new Error('the end'))
  await expect(made).rejects.toThrow('the end')
})
