import { defineCommand } from 'citty'
import { say } from '../supervisor/logs/say.ts'
import { readInstance } from '../supervisor/session/instance.ts'
import { stopShop } from '../supervisor/session/stop-shop.ts'

export default defineCommand({
  meta: {
    name: 'stop',
    description: 'Stop the running shop, or what a killed start has left of it. Data stays',
  },
  async run() {
    say(await stopShop(readInstance({ root: process.cwd() })))
  },
})
