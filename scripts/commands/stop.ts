import { defineCommand } from 'citty'
import { readInstance } from '../supervisor/instance.ts'
import { say } from '../supervisor/say.ts'
import { stopShop } from '../supervisor/stop-shop.ts'

export default defineCommand({
  meta: {
    name: 'stop',
    description: 'Stop the running shop, or what a killed start has left of it. Data stays',
  },
  async run() {
    say(await stopShop(readInstance({ root: process.cwd() })))
  },
})
