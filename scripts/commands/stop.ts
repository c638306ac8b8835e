import { defineCommand } from 'citty'
import { readInstance } from '../supervisor/instance.ts'
import { runCommand } from '../supervisor/run-command.ts'
import { say } from '../supervisor/say.ts'
import { stopShop } from '../supervisor/stop-shop.ts'

export default defineCommand({
  meta: {
    name: 'bun run stop',
    description: 'Stop the running shop, or what a killed start has left of it. Data stays',
  },
  run: () =>
    runCommand(async () => {
      say(await stopShop(readInstance({ root: process.cwd() })))
    }),
})
