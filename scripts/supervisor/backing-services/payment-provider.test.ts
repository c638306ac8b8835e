import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { infrastructureOf } from '../infrastructure/infrastructure.ts'
import { readInstance } from '../session/instance.ts'

const root = resolve(import.meta.dir, '../../..')

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'provider-'))
})
afterEach(() => rmSync(home, { recursive: true }))

test('the embedded set has a payment provider that this Bun runs, where and with the key that the secrets say', () => {
  const instance = readInstance({ root, env: { SHOP_HOME: home, SHOP_PORT_OFFSET: '600' } })
  const { servers, secrets, binaries } = infrastructureOf(instance)
  expect(binaries).not.toContain('bun' as never)
  const provider = servers.find(({ name }) => name === 'payment-provider')
  const { command, cwd, env } = provider?.part({ path: process.execPath, env: {} }) ?? {}
  expect(command).toEqual([process.execPath, 'packages/payment-provider/src/main.ts'])
  expect(cwd).toBe(root)
  expect(env).toMatchObject({
    PROVIDER_PORT: '9113',
    PROVIDER_KEY: expect.stringMatching(/^Bearer [\w-]{43}$/),
    PROVIDER_DATA: join(home, '.local/data/payment-provider.db'),
  })
  expect(secrets).toMatchObject({
    'payment-provider-url': 'http://127.0.0.1:9113',
    'payment-provider-key': env?.PROVIDER_KEY as string,
  })
})
