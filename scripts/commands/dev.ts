import { defineCommand } from 'citty'
import { readInstance } from '../supervisor/instance.ts'
import { listOf } from '../supervisor/list-argument.ts'
import { runShop } from '../supervisor/run-shop.ts'

/** Where .vscode/launch.json attaches. */
const debuggerPort = 9229

export default defineCommand({
  meta: {
    name: 'dev',
    description: 'As bun start, with services that reload when their source changes; their sidecars stay',
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
      description: 'Show this log alone; several with commas or repeated; all, none',
    },
    inspect: {
      type: 'string',
      valueHint: 'SERVICE',
      description: `Let a debugger attach to this service, at 127.0.0.1:${debuggerPort}`,
    },
    insecure: { type: 'boolean', description: 'No mTLS, no access control, no tokens: for debugging only' },
  },
  async run({ args, rawArgs }) {
    const instance = readInstance({ root: process.cwd(), set: args.set, insecure: args.insecure })
    await runShop({
      instance,
      command: 'dev',
      logs: listOf(rawArgs, 'logs'),
      watch: true,
      inspect: args.inspect ? { app: args.inspect, port: debuggerPort + instance.portOffset } : undefined,
    })
  },
})
