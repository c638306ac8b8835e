import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freshClone } from './clone.ts'
import { randomOffset, runCommand, shopEnvironment, startShop, until } from './shop.ts'

setDefaultTimeout(180_000)

const clone = freshClone()

afterAll(() => clone[Symbol.dispose]())

test('--insecure takes away tokens, access control and sentry, and the shop works', async () => {
  // as in a shell that has sourced .local/run/env
  const env = { DAPR_API_TOKEN: 'of another run', APP_API_TOKEN: 'of another run' }
  await using shop = await startShop({ args: ['--insecure'], env })
  expect(Object.keys(shop.pids())).not.toContain('sentry')
  const undeclared = `http://127.0.0.1:${8102 + shop.offset}/v1.0/invoke/catalog/method/products`
  expect((await fetch(undeclared)).status).toBe(200)
  expect(existsSync(join(shop.home, '.local/data/sentry'))).toBe(false)
})

test('logs shows a service and its sidecar, also after the shop has stopped; an unknown name lists the known ones', async () => {
  await using shop = await startShop()
  const running = await shop.command('logs', 'orders')
  expect(running.code).toBe(0)
  expect(running.output).toContain('listening')
  expect(running.output).toContain('orders.sidecar')
  expect(running.output).not.toContain('inventory.sidecar')

  await shop.stop()
  const one = await shop.command('logs', 'catalog', '--lines', '1')
  expect(one.output).toContain('stopped')
  const unknown = await shop.command('logs', 'nobody')
  expect(unknown.code).toBe(1)
  expect(unknown.output).toContain('inventory')
})

test('start --logs shows one service alone', async () => {
  await using shop = await startShop({ args: ['--logs', 'orders'] })
  const { length } = shop.output()
  const shown = () => shop.output().slice(length)
  for (const part of ['catalog', 'orders']) {
    const pid = shop.pids()[part]
    if (pid === undefined) throw new Error(`${part} is not running`)
    process.kill(pid, 'SIGTERM')
    await until(`${part} answers again`, () => shown().includes(`${part} answers again`))
  }
  await until('its line is shown', () => /^orders .*draining/m.test(shown()))
  expect(shown()).not.toMatch(/^catalog .*draining/m)
})

test('doctor tells a shop that runs from ports that somebody else holds', async () => {
  await using shop = await startShop()
  const busy = await shop.command('doctor')
  expect(busy.code).toBe(0)
  expect(busy.output).toContain(`process ${shop.starter.pid}`)
  await shop.stop()

  using stranger = Bun.listen({ hostname: '127.0.0.1', port: 8000 + shop.offset, socket: { data() {} } })
  const taken = await shop.command('doctor')
  expect(taken.code).toBe(1)
  expect(taken.output).toContain(`${stranger.port}`)
  expect(taken.output).toContain(`process ${process.pid}`)
})

test('a home that is a file is named by start and doctor, with the way out', async () => {
  using home = scratch()
  const file = join(home.path, 'file')
  writeFileSync(file, '')
  const env = shopEnvironment({ home: file, offset: randomOffset() })
  const { code, output } = await runCommand(['start'], env)
  expect(code).toBe(1)
  expect(output).toBe(
    `Cannot write ${file}/.local/run/claim: a file is in the place of a folder. Remove it, or set SHOP_HOME to another folder.\n`,
  )
  const doctor = await runCommand(['doctor'], env)
  expect(doctor.code).toBe(1)
  expect(doctor.output).toContain(`${file} cannot be written: it is a file`)
})

test('dev reloads a service whose source changes, beside the same sidecar, and lets a debugger in', async () => {
  await using shop = await startShop({ root: clone.path, command: 'dev', args: ['--inspect', 'catalog'] })
  const sidecar = shop.pids()['catalog.sidecar']
  const debug = await fetch(`http://127.0.0.1:${9229 + shop.offset}/json/version`)
  expect(debug.ok).toBe(true)

  const routes = join(clone.path, 'services/catalog/src/routes.ts')
  const source = await Bun.file(routes).text()
  await Bun.write(routes, source.replace('There is no product', 'Nobody sells product'))
  await until('the new text is answered', async () => {
    const answer = await fetch(`${shop.gateway}/products/999`)
    return (await answer.text()).includes('Nobody sells product 999.')
  })
  expect(shop.pids()['catalog.sidecar']).toBe(sidecar ?? 0)
})

test('dev leaves the sidecar of a service that is broken for a while, and its events arrive', async () => {
  await using shop = await startShop({ root: clone.path, command: 'dev' })
  const sidecar = shop.pids()['inventory.sidecar']
  const main = join(clone.path, 'services/inventory/src/main.ts')
  const source = await Bun.file(main).text()
  await Bun.write(main, `throw new Error('half written')\n${source}`)
  await until('its silence is told', () => shop.output().includes('inventory has not answered'))
  await Bun.write(main, source)
  await until('it is back', () => shop.output().includes('inventory answers through its sidecar again'))
  const placed = await fetch(`${shop.gateway}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': 'after-the-break' },
    body: JSON.stringify({ customerId: 'ALFKI', lines: [{ productId: 11, quantity: 1 }] }),
  })
  const { id } = (await placed.json()) as { id: string }
  await until('the order is settled', async () => {
    const order = (await (await fetch(`${shop.gateway}/orders/${id}`)).json()) as { status: string }
    return order.status === 'confirmed'
  })
  expect(shop.pids()['inventory.sidecar']).toBe(sidecar ?? 0)
})

test('dev --inspect of nobody names the services, and a taken port of the debugger is one', async () => {
  using home = scratch()
  const env = shopEnvironment({ home: home.path, offset: randomOffset() })
  // shipping is there, and no debugger of Bun's can attach to it
  for (const name of ['nope', 'shipping']) {
    const unknown = await runCommand(['dev', '--inspect', name], env)
    expect(unknown.code).toBe(1)
    expect(unknown.output).toBe(
      `There is no service '${name}' to debug. Use --inspect with one of: cart, catalog, gateway, inventory, orders, payments.\n`,
    )
  }
  const port = 9229 + Number(env.SHOP_PORT_OFFSET)
  using holder = Bun.listen({ hostname: '127.0.0.1', port, socket: { data() {} } })
  const taken = await runCommand(['dev', '--inspect', 'catalog'], env)
  expect(taken.code).toBe(1)
  expect(taken.output).toContain(
    `Port ${holder.port} (debugger of catalog) is taken by process ${process.pid}`,
  )
})

test('no command takes an option that it does not know', async () => {
  await using shop = await startShop()
  for (const command of [
    'start',
    'dev',
    'stop',
    'reset',
    'logs',
    'doctor',
    'demo',
    'deadletters',
    'projection',
    'contracts',
    'check',
    'generate',
    'test',
  ]) {
    const { code, output } = await shop.command(command, '--bogus')
    expect({ command, code, named: output.includes('--bogus') }).toEqual({ command, code: 1, named: true })
  }
})

function scratch(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), 'shop-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}
