import { type ArgsDef, defineCommand } from 'citty'
import { listOf } from '../supervisor/logs/list-argument.ts'
import { readInstance } from '../supervisor/session/instance.ts'
import { runShop } from '../supervisor/shop/run-shop.ts'

/** `dev` takes them too. */
export const shopArgs = {
  set: {
    type: 'string',
    valueHint: 'NAME',
    description: 'Folder below components that the sidecars load. Default: SHOP_SET, or embedded',
  },
  logs: {
    type: 'string',
    valueHint: 'SERVICE',
    description: 'Show the log of this service or part alone; several with commas or repeated; all, none',
  },
  insecure: { type: 'boolean', description: 'No mTLS, no access control, no tokens: for debugging only' },
} satisfies ArgsDef

export default defineCommand({
  meta: {
    name: 'start',
    description:
      'Start the shop: infrastructure, sidecars and services; stay and keep them running until Ctrl-C or `bun run stop`. ' +
      'Environment: GATEWAY_PORT, SHOP_PORT_OFFSET, SHOP_HOME, SHOP_SET',
  },
  args: shopArgs,
  async run({ args, rawArgs }) {
    const instance = readInstance({ root: process.cwd(), set: args.set, insecure: args.insecure })
    await runShop({ instance, command: 'start', logs: listOf(rawArgs, 'logs') })
  },
})
