import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { guardFolder } from './guard.ts'

/** A folder that is gone at the end of its scope. */
export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string
}

/**
 * A new folder in the system's temporary folder. It is removed at the end of the scope, or when the process dies.
 *
 * @example
 * await using home = await temporaryFolder()
 * await using orders = await daprd({ appId: 'orders', app: ordersApp, home: home.path })
 * await using gateway = await daprd({ appId: 'gateway', home: home.path })
 */
export async function temporaryFolder(): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), 'elysia-dapr-'))
  const release = guardFolder(path)
  return {
    path,
    async [Symbol.asyncDispose]() {
      await rm(path, { recursive: true, force: true, maxRetries: 5 })
      release()
    },
  }
}
