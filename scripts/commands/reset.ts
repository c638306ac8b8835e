import { rmSync } from 'node:fs'
import { defineCommand } from 'citty'
import { describeFolder } from '../supervisor/folder-size.ts'
import { readInstance } from '../supervisor/instance.ts'
import { say } from '../supervisor/say.ts'
import { stopShop } from '../supervisor/stop-shop.ts'

export default defineCommand({
  meta: {
    name: 'reset',
    description:
      'Stop the shop if it runs, then remove its data: databases, broker, scheduler, certificates. Asks nothing',
  },
  async run() {
    const instance = readInstance({ root: process.cwd() })
    let held: string | undefined
    const stopped = await stopShop(instance, () => {
      held = describeFolder(instance.dataDir)
      rmSync(instance.dataDir, { recursive: true, force: true })
    })
    say(stopped)
    say(held === undefined ? 'there was no data' : `removed ${instance.dataDir}: ${held}`)
  },
})
