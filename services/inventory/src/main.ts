import { readConfig } from '@shop/chassis/config'
import { startService } from '@shop/chassis/service'
import { createInbox } from '@shop/journal/inbox'
import { openJournal } from '@shop/journal/journal'
import { watchParked } from '@shop/journal/parked'
import { pruneInbox } from '@shop/journal/prune'
import { startRelay } from '@shop/journal/relay'
import { getSecret } from 'elysia-dapr'
import { createApp } from './app.ts'
import { configSchema } from './config.ts'
import { startExpiry } from './expiry.ts'
import { tables } from './schema.ts'
import { seed } from './seed.ts'
import { createStore } from './store.ts'

const config = readConfig(configSchema)
const { log, dapr, healthy, needs, onClose, serve } = await startService(config)
const appId = config.APP_ID

const url = await getSecret(dapr, 'secrets', 'inventory-database')
const journal = await openJournal({ url, tables, migrations: `${import.meta.dir}/../migrations` })
needs(journal.answers)
onClose(journal.close)

const store = createStore({ journal, reserveFor: config.RESERVATION_SECONDS * 1_000 })
if (config.SEED_DIR) log.info({ products: await seed(store, config.SEED_DIR) }, 'opening stock')

const relay = startRelay({
  journal,
  sidecar: dapr,
  source: appId,
  onError: (err, outcome) => log.warn({ err, outcome }, 'cannot publish'),
})
onClose(() => relay.stop())
onClose(pruneInbox({ journal, onError: err => log.warn({ err }, 'cannot prune') }))
onClose(startExpiry({ store, log }).stop)

const inbox = createInbox({ journal, pubsub: 'pubsub', appId, log })
const app = createApp({ log, healthy, appId, journal, store, inbox })
onClose(watchParked({ journal, inbox, log }))

serve(app)
