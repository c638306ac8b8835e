import { expect, test } from 'bun:test'
import { resolve } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { givenSecrets } from '../check/kubernetes/overlays.ts'
import { randomSecrets } from './random-secrets.ts'

const root = resolve(import.meta.dir, '../..')

test.each(['dev', 'local'])('each secret of the overlay %s has its keys', overlay => {
  const { secrets } = givenSecrets(root, `k8s/overlays/${overlay}`)
  const { made, left } = randomSecrets([...secrets.keys()], ['insights'])
  expect(left).toEqual(['shop-tls'])
  for (const [name, keys] of secrets)
    if (!left.includes(name))
      expect({ name, keys: Object.keys(made[name] ?? {}) }).toEqual({ name, keys: [...keys] })
})

test('addresses are those of the servers in the namespace, with the passwords that these have', () => {
  const names = ['orders-database', 'insights-database', 'postgres-carts', 'rabbitmq-url', 'rabbitmq-server']
  const { made } = randomSecrets(names, ['insights'])
  const orders = new URL(made['orders-database']?.['orders-database'] ?? '')
  expect([orders.username, orders.host, orders.pathname]).toEqual(['orders', 'postgres:5432', '/orders'])
  expect(new URL(made['postgres-carts']?.['postgres-carts'] ?? '').pathname).toBe('/carts')
  expect(made['insights-database']).toEqual({ 'insights-database': 'file:/data/insights.db' })
  const broker = new URL(made['rabbitmq-url']?.['rabbitmq-url'] ?? '')
  expect([broker.username, broker.host]).toEqual(['shop', 'rabbitmq:5672'])
  expect(made['rabbitmq-server']).toEqual({ password: broker.password })
})

test('the command prints what kubectl takes, says what is left, and refuses where servers are elsewhere', async () => {
  const run = async (overlay: string) => {
    const child = Bun.spawn([process.execPath, 'scripts/run.ts', 'k8s:secrets', overlay], {
      cwd: root,
      ...{ stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' },
    })
    const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text()])
    return { code: await child.exited, output, errors }
  }
  const [local, production] = await Promise.all([run('local'), run('production')])
  const objects = parseAllDocuments(local.output).map(each => each.toJS())
  expect(objects.length).toBeGreaterThan(10)
  for (const { kind, metadata } of objects)
    expect({ kind, ...metadata }).toMatchObject({ kind: 'Secret', namespace: 'shop' })
  expect(local.errors).toContain('shop-tls is yours to make: it has tls.crt, tls.key.\n')
  expect({ local: local.code, production: production.code }).toEqual({ local: 0, production: 1 })
  expect(production.errors).toContain('The overlay production has no server in the namespace')
}, 30_000)
