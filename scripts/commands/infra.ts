import { defineCommand } from 'citty'
import { runInfrastructure } from '../supervisor/infrastructure/run-infrastructure.ts'
import { readInstance } from '../supervisor/session/instance.ts'

export default defineCommand({
  meta: {
    name: 'infra',
    description:
      'Start the infrastructure alone, for `dapr run -f dapr/dapr.yaml` with the stock CLI in another shell',
  },
  args: {
    set: {
      type: 'string',
      valueHint: 'NAME',
      description: 'Component set whose servers are started. Default: SHOP_SET, or embedded',
    },
    cli: {
      type: 'boolean',
      description: 'Obtain the Dapr CLI too, when none is installed (a build takes minutes)',
    },
  },
  async run({ args }) {
    const instance = readInstance({ root: process.cwd(), set: args.set, stockCli: true })
    await runInfrastructure({ instance, cli: args.cli ?? false })
  },
})
