import { readConfig } from '@shop/chassis/config'
import { startService } from '@shop/chassis/service'
import { createApp } from './app.ts'
import { configSchema } from './config.ts'
import { createStore } from './store.ts'

const { log, dapr, healthy, serve } = await startService(readConfig(configSchema))

serve(createApp({ log, store: createStore(dapr), healthy }))
