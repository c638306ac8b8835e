import * as catalogContract from '@shop/catalog-contract'
import { readConfig } from '@shop/chassis/config'
import { startService } from '@shop/chassis/service'
import * as inventoryContract from '@shop/inventory-contract'
import { createInbox } from '@shop/journal/inbox'
import { openJournal } from '@shop/journal/journal'
import { watchParked } from '@shop/journal/parked'
import { startProjector } from '@shop/journal/projector'
import { pruneInbox } from '@shop/journal/prune'
import { startRelay } from '@shop/journal/relay'
import * as paymentsContract from '@shop/payments-contract'
import { client, getSecret } from 'elysia-dapr'
import { type Activity, startWorker } from 'elysia-dapr/workflow'
import { createApp } from './app.ts'
import { configSchema } from './config.ts'
import { orderViewOf } from './order-view.ts'
import { tables } from './schema.ts'
import { createShipping } from './shipping.ts'
import { createStore } from './store.ts'
import { findCheckout } from './workflows/find-checkout.ts'
import { inTraceOfRequest } from './workflows/in-trace.ts'
import { startLauncher } from './workflows/launcher.ts'
import { createSteps } from './workflows/steps.ts'
import { current, versionsOf } from './workflows/versions.ts'
import { workerErrors } from './workflows/worker-errors.ts'

const config = readConfig(configSchema)
const { log, dapr, healthy, needs, onClose, serve } = await startService(config)
const appId = config.APP_ID

const url = await getSecret(dapr, 'secrets', 'orders-database')
const journal = await openJournal({ url, tables, migrations: `${import.meta.dir}/../migrations` })
needs(journal.answers)
onClose(journal.close)

const relay = startRelay({
  journal,
  sidecar: dapr,
  source: appId,
  onError: (err, outcome) => log.warn({ err, outcome }, 'cannot publish'),
})
onClose(() => relay.stop())
onClose(pruneInbox({ journal, onError: err => log.warn({ err }, 'cannot prune') }))

const projector = startProjector({
  journal,
  projection: orderViewOf(journal.tables.orderViews),
  onError: err => log.warn({ err }, 'cannot project'),
})
onClose(projector.stop)

const inbox = createInbox({ journal, pubsub: 'pubsub', appId, log })
onClose(watchParked({ journal, inbox, log }))

const catalog = client(dapr, 'catalog', catalogContract)
const inventory = client(dapr, 'inventory', inventoryContract)
const payments = client(dapr, 'payments', paymentsContract)

const store = createStore({ journal, current })
const shipping = createShipping({
  port: config.DAPR_GRPC_PORT,
  apiToken: process.env.DAPR_API_TOKEN,
  flatCents: config.FLAT_SHIPPING_CENTS,
  wasThere: await store.isShippedByService(),
})

const steps = createSteps({
  store,
  inventory: {
    reserve: async body => (await inventory.reserveStock({ body })).data,
    release: async orderId => void (await inventory.releaseStock({ params: { orderId } })),
  },
  payments: {
    authorise: async body => (await payments.authorisePayment({ body })).data,
    void: async orderId => void (await payments.voidPayment({ params: { orderId } })),
  },
  shipping,
})
const workflows = versionsOf(steps)
const activities = Object.values(steps).map(step => inTraceOfRequest(journal, step as Activity))
const onError = workerErrors({ log, sidecar: dapr })
const worker = startWorker({ workflows, activities, onError })
onClose(() => worker.stop())
onClose(startLauncher({ journal, sidecar: dapr, workflows, log }))

serve(
  createApp({
    log,
    healthy,
    appId,
    journal,
    store,
    inbox,
    projectors: { orders: projector },
    quote: async lines => (await catalog.quoteLines({ body: { lines } })).data,
    quoteShipping: shipping.quote,
    projected: projector.reached,
    findCheckout: id => findCheckout({ journal, sidecar: dapr, workflows }, id),
    newId: Bun.randomUUIDv7,
  }),
)
