import { expect, test } from 'bun:test'
import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from 'elysia-dapr/testing'
import type { Binary } from '../../../dapr/install/obtain.ts'
import { sidecarEnvironment } from '../../../dapr/sidecar-settings.ts'
import { readInstance } from '../session/instance.ts'
import { writeShellEnvironment } from './shell-environment.ts'

test('the CLI finds a daprd that has the settings of the shop, or the person’s, and the shell has none of them', async () => {
  await using folder = await temporaryFolder()
  const instance = readInstance({ root: folder.path, env: {} })
  await mkdir(instance.runDir, { recursive: true })
  const daprd = join(folder.path, "it's daprd")
  await Bun.write(daprd, '#!/bin/sh\necho "$GOGC $GOMEMLIMIT $*"\n')
  await chmod(daprd, 0o755)
  const paths = { daprd } as Record<Binary, string>
  writeShellEnvironment({ instance, paths, security: undefined })

  const run = `. .local/run/env; "$DAPR_RUNTIME_PATH/.dapr/bin/daprd" --app-id 'a b'; echo "[$GOGC$GOMEMLIMIT]"`
  const told = (env: Record<string, string>) =>
    Bun.spawnSync(['sh', '-c', run], { cwd: folder.path, env: { PATH: '/usr/bin:/bin', ...env } })
      .stdout.toString()
      .split('\n')
  const { GOGC, GOMEMLIMIT } = sidecarEnvironment
  expect(told({}).slice(0, 2)).toEqual([`${GOGC} ${GOMEMLIMIT} --app-id a b`, '[]'])
  expect(told({ GOGC: '50' })[0]).toBe(`50 ${GOMEMLIMIT} --app-id a b`)
})
