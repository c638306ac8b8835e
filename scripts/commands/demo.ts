import { defineCommand } from 'citty'
import { messageOf } from '../../dapr/install/errors.ts'
import { gatewayOrigin } from '../demo/gateway.ts'
import { renderFigures, renderVerdict } from '../demo/report.ts'
import { runDemo } from '../demo/run-demo.ts'
import { readInstance } from '../supervisor/session/instance.ts'

export default defineCommand({
  meta: {
    name: 'demo',
    description:
      'Replay the Northwind orders over HTTP through the gateway of the running shop, then check its books by id. ' +
      'Exits with 1 when they do not balance. Nobody else should order meanwhile.',
  },
  args: {
    orders: { type: 'string', default: '830', description: 'how many orders, oldest first', valueHint: 'N' },
    concurrency: { type: 'string', default: '8', description: 'requests in flight at once', valueHint: 'N' },
    patience: {
      type: 'string',
      default: '120',
      description: 'seconds without any order settling after which open ones are given up',
      valueHint: 'N',
    },
    json: { type: 'boolean', default: false, description: 'print the result as JSON on standard output' },
  },
  async run({ args }) {
    try {
      const result = await runDemo({
        origin: gatewayOrigin(readInstance({ root: process.cwd() })),
        orders: positive('orders', args.orders),
        concurrency: positive('concurrency', args.concurrency),
        patience: positive('patience', args.patience) * 1000,
      })
      const { figures, mismatches } = result
      const report = args.json
        ? JSON.stringify(result, null, 2)
        : `${renderFigures(figures)}\n\n${renderVerdict(mismatches, figures.orders.sent)}`
      process.stdout.write(`${report}\n`)
      if (!result.balanced) process.exitCode = 1
    } catch (error) {
      process.stderr.write(`${messageOf(error)}\n`)
      process.exitCode = 1
    }
  },
})

function positive(name: string, text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number > 0) return number
  throw new Error(`--${name} must be a whole number above 0, not "${text}".`)
}
