import { readConfig } from '@shop/chassis/config'
import { startService } from '@shop/chassis/service'
import { openJournal } from '@shop/journal/journal'
import { getSecret } from 'elysia-dapr'
import { createApp } from './app.ts'
import { configSchema } from './config.ts'
import { tables } from './schema.ts'
import { seed } from './seed.ts'
import { createStore } from './store.ts'

const config = readConfig(configSchema)
const { log, dapr, healthy, needs, onClose, serve } = await startService(config)

const url = await getSecret(dapr, 'secrets', 'catalog-database')
const journal = await openJournal({ url, tables, migrations: `${import.meta.dir}/../migrations` })
needs(journal.answers)
onClose(journal.close)

const store = createStore(journal)
if (config.SEED_DIR) log.info({ added: await seed(store, config.SEED_DIR) }, 'catalogue seeded')

serve(createApp({ log, store, healthy }))
