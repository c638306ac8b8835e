import { readConfig } from '@shop/chassis/config'
import { startService } from '@shop/chassis/service'
import { createInbox } from '@shop/journal/inbox'
import { openJournal } from '@shop/journal/journal'
import { watchParked } from '@shop/journal/parked'
import { pruneInbox } from '@shop/journal/prune'
import { startRelay } from '@shop/journal/relay'
import { getSecret } from 'elysia-dapr'
import { createApp } from './app.ts'
import { cardVault } from './card-vault.ts'
import { configSchema } from './config.ts'
import { createPayments } from './payments.ts'
import { paymentProvider } from './provider.ts'
import { tables } from './schema.ts'
import { seed } from './seed.ts'
import { createStore } from './store.ts'
import { startSweep } from './sweep.ts'

const config = readConfig(configSchema)
const { log, dapr, healthy, needs, onClose, serve } = await startService(config)
const appId = config.APP_ID

const url = await getSecret(dapr, 'secrets', 'payments-database')
const journal = await openJournal({ url, tables, migrations: `${import.meta.dir}/../migrations` })
needs(journal.answers)
onClose(journal.close)

const store = createStore({ journal })
const vault = cardVault(dapr)
// Before it serves: an order that comes at once would be declined for want of a card.
if (config.SEED_DIR) log.info({ cards: await seed({ store, vault }, config.SEED_DIR) }, 'cards seeded')

const relay = startRelay({
  journal,
  sidecar: dapr,
  source: appId,
  onError: (err, outcome) => log.warn({ err, outcome }, 'cannot publish'),
})
onClose(() => relay.stop())
onClose(pruneInbox({ journal, onError: err => log.warn({ err }, 'cannot prune') }))

const payments = createPayments({ store, provider: paymentProvider(dapr), vault })
const inbox = createInbox({ journal, pubsub: 'pubsub', appId, log })
const app = createApp({ log, healthy, appId, journal, inbox, store, payments })

onClose(watchParked({ journal, inbox, log }))
const sweep = startSweep({ journal, store, payments, log })
onClose(() => sweep.stop())

serve(app)
