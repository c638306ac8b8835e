import { readConfig } from '@shop/chassis/config'
import { startService } from '@shop/chassis/service'
import { openDatabase } from '@shop/journal/database'
import { keepDeadLetter } from '@shop/journal/dead-letters'
import { pruneInbox } from '@shop/journal/prune'
import { startRelay } from '@shop/journal/relay'
import { getSecret } from 'elysia-dapr'
import { createApp } from './app.ts'
import { configSchema } from './config.ts'
import { seed } from './seed.ts'
import { createStore } from './store.ts'

const config = readConfig(configSchema)
const { log, dapr, healthy, onClose, serve } = await startService(config)

const url = await getSecret(dapr, 'secrets', 'inventory-database')
const database = openDatabase(url, `${import.meta.dir}/../migrations`)
onClose(() => database.$client.close())

const store = createStore(database)
if (config.SEED_DIR) log.info({ products: await seed(store, config.SEED_DIR) }, 'opening stock')

const relay = startRelay({
  database,
  sidecar: dapr,
  source: config.APP_ID,
  onError: (err, outcome) => log.warn({ err, outcome }, 'cannot publish'),
})
onClose(() => relay.stop())
onClose(pruneInbox(database))

serve(
  createApp({
    log,
    healthy,
    store,
    committed: relay.wake,
    keepDeadLetter: event => keepDeadLetter(database, event),
  }),
)
