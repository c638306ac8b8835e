import { expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { runCommand } from '../../tests/shop/shop.ts'
import { chooseImages, imageName, imageSources } from './images.ts'

const root = resolve(import.meta.dir, '../..')

test('each service has an image of its language, and the payment provider has one', async () => {
  const sources = await imageSources(root)
  expect(sources).toContainEqual({
    name: 'shipping',
    folder: 'services/shipping',
    dockerfile: 'images/go.Dockerfile',
  })
  expect(sources).toContainEqual({
    name: 'payment-provider',
    folder: 'packages/payment-provider',
    dockerfile: 'images/typescript.Dockerfile',
  })
  for (const { folder, dockerfile } of sources)
    expect([folder, dockerfile].filter(path => !existsSync(join(root, path)))).toEqual([])
})

test('some of them, or all', async () => {
  const sources = await imageSources(root)
  expect(chooseImages(sources, ['cart', 'orders']).map(({ name }) => name)).toEqual(['cart', 'orders'])
  expect(chooseImages(sources, [])).toEqual(sources)
  expect(() => chooseImages(sources, ['ordres'])).toThrow("There is no image of 'ordres': use cart, catalog")
})

test.each([
  [{ tag: 'local' }, 'elysia-dapr-shop/orders:local'],
  [{ tag: '1.0.0', registry: 'ghcr.io/team/shop' }, 'ghcr.io/team/shop/orders:1.0.0'],
])('an image is named by %j', (options, name) => {
  expect(imageName('orders', options)).toBe(name)
})

test('without docker it is told where docker is to be had', async () => {
  const { code, output } = await runCommand(['images', 'cart'], {
    HOME: '/nonexistent',
    PATH: '/nonexistent',
  })
  expect(code).toBe(1)
  expect(output).toContain('There is no docker on the PATH: https://docs.docker.com/engine/install')
})
