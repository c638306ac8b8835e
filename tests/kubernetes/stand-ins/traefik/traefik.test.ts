import { expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseAllDocuments } from 'yaml'
import { freePorts } from '../../../../packages/elysia-dapr/src/testing/ports.ts'
import { fixtureTree } from '../../../../scripts/check/fixture.ts'
import { traefikImage } from '../stand-ins.ts'
import { traefikPath } from './program.ts'
import { writeSource } from './source.ts'

const manifest = resolve(import.meta.dir, '../../../../k8s/traefik/traefik.yaml')
const why =
  process.platform === 'linux' && existsSync(traefikPath())
    ? ''
    : ' (needs the program, which test:k8s builds)'

interface Container {
  image: string
  args: string[]
}

async function container(): Promise<Container> {
  const documents = parseAllDocuments(await Bun.file(manifest).text()).map(each => each.toJS())
  const { spec } = documents.find(({ kind }) => kind === 'Deployment')
  return spec.template.spec.containers[0]
}

test('the image is called what the manifest asks for', async () => {
  expect(traefikImage).toBe((await container()).image)
})

test('source that the changes are not for is refused', async () => {
  await using tree = await fixtureTree({ 'pkg/provider/acme/provider.go': 'package acme\n' })
  await expect(writeSource(tree.root, join(tree.root, 'copy'))).rejects.toThrow(
    'Traefik’s pkg/provider/acme/provider.go no longer has "github.com/go-acme/lego/v5/providers/dns"',
  )
})

test.skipIf(why !== '')(
  `it takes the arguments of the manifest, and does what they say${why}`,
  async () => {
    const [web, websecure, ping] = await freePorts(3)
    const { args } = await container()
    const ports: Record<string, number | undefined> = { web, websecure, ping }
    const local = args.map(each =>
      each.replace(
        /^(--entrypoints\.(\w+)\.address)=.*/,
        (_, flag, name) => `${flag}=127.0.0.1:${ports[name]}`,
      ),
    )
    const traefik = Bun.spawn([traefikPath(), ...local], { env: {}, stdio: ['ignore', 'ignore', 'inherit'] })
    try {
      const pinged = async () => (await fetch(`http://127.0.0.1:${ping}/ping`).catch(() => undefined))?.status
      while ((await pinged()) !== 200) {
        expect(traefik.exitCode).toBeNull()
        await delay(50)
      }
      const headers = { host: 'shop.localhost' }
      const plain = await fetch(`http://127.0.0.1:${web}/orders?page=2`, { headers, redirect: 'manual' })
      expect([plain.status, plain.headers.get('location')]).toEqual([
        301,
        'https://shop.localhost/orders?page=2',
      ])
      const tls = { rejectUnauthorized: false }
      expect((await fetch(`https://127.0.0.1:${websecure}/`, { headers, tls })).status).toBe(404)
      expect((await fetch(`http://127.0.0.1:${ping}/dashboard/`)).status).toBe(404)
    } finally {
      traefik.kill()
      await traefik.exited
    }
  },
  30_000,
)
