import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { cp, mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from '../../packages/elysia-dapr/src/testing/folder.ts'
import { build, noPython, root, run } from './python.ts'

setDefaultTimeout(300_000)

const service = join(root, 'services/insights')

describe.skipIf(noPython !== undefined)(noPython ? `insights (${noPython})` : 'insights', () => {
  test('passes its own tests, and the checks of its types and style', async () => {
    const python = await build({ dev: true })
    const tool = (...command: string[]) => run([python, '-B', '-m', ...command], service)
    await tool('ruff', 'check', '--no-cache', '.')
    await tool('ruff', 'format', '--no-cache', '--check', '.')
    await tool('mypy', '--cache-dir', '/dev/null')
    expect(await tool('pytest', '--quiet')).toMatch(/^\d+ passed/m)
  })

  test('is built once, by whoever comes first, and again after a build that was interrupted', async () => {
    await using folder = await temporaryFolder()
    const copy = join(folder.path, 'services/insights')
    await mkdir(copy, { recursive: true })
    await cp(join(service, 'build.py'), join(copy, 'build.py'))
    await Bun.write(join(copy, 'requirements.txt'), '')
    const built = join(folder.path, '.local/build/insights')
    const make = () => run(['python3', 'services/insights/build.py'], folder.path)

    await Promise.all([make(), make()])
    const { ctimeMs } = await Bun.file(join(built, 'pyvenv.cfg')).stat()
    await make()
    expect((await Bun.file(join(built, 'pyvenv.cfg')).stat()).ctimeMs).toBe(ctimeMs)
    expect(
      await run([join(built, 'bin/python'), '-c', 'import sys; print(sys.path)'], folder.path),
    ).toContain(copy)

    await rm(join(built, 'stamp'))
    await rm(join(built, 'bin'), { recursive: true })
    await make()
    expect(await Bun.file(join(built, 'bin/python')).exists()).toBe(true)
    expect((await readdir(join(folder.path, '.local/build'))).sort()).toEqual(['insights', 'insights.lock'])
  })

  test('whose packages cannot be had is not built, and says so', async () => {
    await using folder = await temporaryFolder()
    const copy = join(folder.path, 'services/insights')
    await mkdir(copy, { recursive: true })
    await cp(join(service, 'build.py'), join(copy, 'build.py'))
    await Bun.write(join(copy, 'requirements.txt'), 'fastapi==0.165.0\n')
    const building = run(['python3', 'services/insights/build.py'], folder.path)
    await expect(building).rejects.toThrow(/pip could not install .*requirements\.txt/)
    expect(await Bun.file(join(folder.path, '.local/build/insights/stamp')).exists()).toBe(false)
  })
})
