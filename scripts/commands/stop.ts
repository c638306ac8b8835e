import { defineCommand } from 'citty'
import { readInstance } from '../supervisor/instance.ts'
import { runCommand } from '../supervisor/run-command.ts'
import { say } from '../supervisor/say.ts'
import { stopShop } from '../supervisor/stop-shop.ts'

export default defineCommand({
  meta: {
    name: 'stop',
    description: 'Stop the running shop, or what a killed start has left of it. Data stays',
  },
  run: ({ cmd, rawArgs }) =>
    runCommand({ cmd, rawArgs }, async () => {
      say(await stopShop(readInstance({ root: process.cwd() })))
    }),
})
