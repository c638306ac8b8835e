import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { defineCommand } from 'citty'
import { say } from '../supervisor/logs/say.ts'
import { readInstance } from '../supervisor/session/instance.ts'
import { stopShop } from '../supervisor/session/stop-shop.ts'

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

/** What is in a folder and how large, as in `catalog.db, orders.db (1.2 MB)`; undefined when there is nothing. */
function describeFolder(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined
  const names = readdirSync(folder).sort()
  if (names.length === 0) return undefined
  return `${names.join(', ')} (${(sizeOf(folder) / 1e6).toFixed(1)} MB)`
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true })
    .map(name => statSync(join(folder, String(name)), { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, size) => sum + size, 0)
}
