import { defineCommand } from 'citty'
import { listOf } from '../supervisor/logs/list-argument.ts'
import { readInstance } from '../supervisor/session/instance.ts'
import { runShop } from '../supervisor/shop/run-shop.ts'
import { shopArgs } from './start.ts'

/** Where .vscode/launch.json attaches. */
const debuggerPort = 9229

export default defineCommand({
  meta: {
    name: 'dev',
    description: 'As bun start, with services that reload when their source changes; their sidecars stay',
  },
  args: {
    ...shopArgs,
    inspect: {
      type: 'string',
      valueHint: 'SERVICE',
      description: `Let a debugger attach to this service, at 127.0.0.1:${debuggerPort}`,
    },
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
