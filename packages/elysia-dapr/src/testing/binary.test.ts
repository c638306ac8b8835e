import { expect, test } from 'bun:test'
import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { findDaprd } from './binary.ts'
import { temporaryFolder } from './folder.ts'

async function put(...path: string[]): Promise<string> {
  const file = join(...path)
  await mkdir(join(file, '..'), { recursive: true })
  await Bun.write(file, '')
  await chmod(file, 0o755)
  return file
}

test('what DAPRD_PATH says, then what `dapr init` has installed, then the PATH', async () => {
  await using folder = await temporaryFolder()
  const env = { HOME: join(folder.path, 'home'), PATH: `${folder.path}/none:${folder.path}/bin` }
  const onPath = await put(folder.path, 'bin/daprd')
  expect(await findDaprd(env)).toBe(onPath)
  const installed = await put(env.HOME, '.dapr/bin/daprd')
  expect(await findDaprd(env)).toBe(installed)
  const named = await put(folder.path, 'mine')
  expect(await findDaprd({ ...env, DAPRD_PATH: named })).toBe(named)
})

test('without one the error says where it was looked for and how to get it', async () => {
  const env = { HOME: '/nowhere', PATH: '' }
  await expect(findDaprd(env)).rejects.toThrow(/neither in \/nowhere\/\.dapr\/bin nor on the PATH.*dapr init/)
  await expect(findDaprd({ ...env, DAPRD_PATH: '/nowhere/daprd' })).rejects.toThrow(
    'DAPRD_PATH is /nowhere/daprd',
  )
})
