import { realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isObtained, obtainPostgres, reasonWithout } from '@shop/local-postgres'
import { messageOf } from '../../../../dapr/install/errors.ts'
import type { ProgramSource } from '../../infrastructure/server.ts'
import { ShopError } from '../../shop-error.ts'
import { waysToGet } from './installed-or-debian.ts'

const ways = waysToGet({
  program: 'PostgreSQL (with initdb on the PATH)',
  image: 'docker run -d -p 127.0.0.1:5432:5432 -e POSTGRES_PASSWORD=PASSWORD postgres:18',
  given: 'SHOP_POSTGRES_URL=postgres://postgres:PASSWORD@HOST:5432',
})

/** The folder with `bin/postgres` and `bin/initdb`: the installed ones, else those of an npm package. */
export const postgresServer: ProgramSource = {
  name: 'PostgreSQL',
  async look() {
    const installed = findInstalled()
    if (installed) return { is: 'here', what: installed }
    const missing = reasonWithout(process.env)
    if (missing) return { is: 'missing', what: missing, fix: ways }
    if (await isObtained()) return { is: 'here', what: 'an npm package, in the cache' }
    return { is: 'obtainable', what: 'an npm package', takes: 'half a minute and 70 MB' }
  },
  async obtain({ report, signal }) {
    const installed = findInstalled()
    if (installed) return { path: installed, env: {} }
    try {
      return { path: await obtainPostgres({ report, signal }), env: {} }
    } catch (error) {
      signal.throwIfAborted()
      throw new ShopError(`${messageOf(error)}\n${ways}`, { cause: error })
    }
  },
}

function findInstalled(): string | undefined {
  const found = Bun.which('initdb')
  if (!found) return undefined
  // a link into the folder of one version, which has its own postgres beside it
  const folder = dirname(dirname(realpathSync(found)))
  return Bun.which('postgres', { PATH: join(folder, 'bin') }) ? folder : undefined
}
