import { readConfig } from '@shop/chassis/config'
import { startService } from '@shop/chassis/service'
import { createApp } from './app.ts'
import { configSchema } from './config.ts'
import { createServices } from './services.ts'

const { log, dapr, healthy, serve } = await startService(readConfig(configSchema))

serve(createApp({ log, services: createServices(dapr), healthy }))
