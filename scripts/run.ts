// Entry of every `bun run <command>`. It runs before anything is installed, so it and scripts/entry/ import only
// built-ins: it installs the locked dependencies, hands over to the pinned Bun, then loads the command.
import { join, resolve } from 'node:path'
import packageJson from '../package.json' with { type: 'json' }
import { handOver } from './entry/hand-over.ts'
import { installLocked } from './entry/install.ts'
import { bypassProxyForLoopback } from './entry/loopback.ts'

const root = resolve(import.meta.dir, '..')
const pinnedBun = packageJson.devDependencies.bun

process.chdir(root)
const isHandedOver = process.env.SHOP_BUN === pinnedBun
delete process.env.SHOP_BUN
let hasInstalled = false
if (!isHandedOver) {
  bypassProxyForLoopback(process.env)
  hasInstalled = await installLocked(root, packageJson.workspaces.packages)
}

// Where a folder above has a node_modules, this process has looked for the one here and goes on missing it.
if (isHandedOver || (Bun.version === pinnedBun && !hasInstalled)) {
  const { main } = await import('./cli.ts')
  await main(process.argv.slice(2))
} else {
  const bun = Bun.version === pinnedBun ? process.execPath : join(root, 'node_modules/.bin/bun')
  process.exit(
    await handOver([bun, 'scripts/run.ts', ...process.argv.slice(2)], {
      ...process.env,
      SHOP_BUN: pinnedBun,
    }),
  )
}
