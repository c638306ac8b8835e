// A service for service.test.ts: `/slow` answers once the address in GATE does.
import { Elysia } from 'elysia'
import { baseConfig, readConfig } from '../src/config.ts'
import { startService } from '../src/service.ts'

const { log, onClose, healthy, needs, serve } = await startService(readConfig(baseConfig))
onClose(() => log.info('first closed'))
onClose(async () => {
  await Promise.resolve()
  log.info('second closed')
})

let isThere = true
needs(async () => isThere)

serve(
  new Elysia()
    .get('/slow', async () => await (await fetch(process.env.GATE ?? '')).text())
    .post('/lose', () => {
      isThere = false
    })
    .get('/healthy', () => healthy()) as unknown as Elysia,
)
