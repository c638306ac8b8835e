import { readConfig } from '@shop/chassis/config'
import { createLogger } from '@shop/chassis/logger'
import { Type } from '@sinclair/typebox'
import { createServer } from './server.ts'
import { openStore } from './store.ts'

const { PROVIDER_HOST, PROVIDER_PORT, PROVIDER_KEY, PROVIDER_DATA } = readConfig(
  Type.Object({
    /** Address to listen on; in a pod of its own it is reached from others. */
    PROVIDER_HOST: Type.String({ default: '127.0.0.1' }),
    PROVIDER_PORT: Type.Integer({ minimum: 1, maximum: 65535 }),
    /** What the authorization header of every call has to be. */
    PROVIDER_KEY: Type.String({ pattern: '^Bearer [\\x21-\\x7e]+$' }),
    /** Path of the SQLite file that all charges are kept in. */
    PROVIDER_DATA: Type.String(),
  }),
)

const log = createLogger('payment-provider', 'info')
const store = openStore(PROVIDER_DATA)
const server = createServer({ log, store, key: PROVIDER_KEY })
// longer than the 90 s for which daprd keeps an idle connection
server.listen({ hostname: PROVIDER_HOST, port: PROVIDER_PORT, idleTimeout: 120 })

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, async () => {
    await server.stop()
    store.close()
    process.exit(0)
  })
}

log.info({ host: PROVIDER_HOST, port: PROVIDER_PORT }, 'listening')
