import { defineCommand } from 'citty'
import { readInstance } from '../supervisor/instance.ts'
import { listOf } from '../supervisor/list-argument.ts'
import { runShop } from '../supervisor/run-shop.ts'

export default defineCommand({
  meta: {
    name: 'start',
    description:
      'Start the shop: infrastructure, sidecars and services; stay and keep them running until Ctrl-C or `bun run stop`. ' +
      'Environment: GATEWAY_PORT, SHOP_PORT_OFFSET, SHOP_HOME',
  },
  args: {
    set: {
      type: 'string',
      default: 'embedded',
      description: 'Folder below components that the sidecars load',
    },
    logs: {
      type: 'string',
      valueHint: 'SERVICE',
      description: 'Show the log of this service or part alone; several with commas or repeated; all, none',
    },
    insecure: { type: 'boolean', description: 'No mTLS, no access control, no tokens: for debugging only' },
  },
  async run({ args, rawArgs }) {
    const instance = readInstance({ root: process.cwd(), set: args.set, insecure: args.insecure })
    await runShop({ instance, command: 'start', logs: listOf(rawArgs, 'logs') })
  },
})
