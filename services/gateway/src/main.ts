import { join } from 'node:path'
import { readConfig } from '@shop/chassis/config'
import { startService } from '@shop/chassis/service'
import { createApp } from './app.ts'
import { configSchema } from './config.ts'
import { createServices } from './services.ts'
import { createShipping } from './shipping.ts'

const config = readConfig(configSchema)
const { log, dapr, healthy, serve } = await startService(config)

const openApi = await Bun.file(join(import.meta.dir, '../openapi.json')).text()
const shipping = createShipping({ port: config.DAPR_GRPC_PORT, apiToken: process.env.DAPR_API_TOKEN })

serve(createApp({ log, services: createServices(dapr), shipping, openApi, healthy }))
