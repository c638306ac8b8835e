import { defineCommand } from 'citty'
import { operatedServices } from '../operations/operator.ts'
import { rebuildProjection } from '../operations/projections.ts'
import { readInstance } from '../supervisor/session/instance.ts'
import { ShopError } from '../supervisor/shop-error.ts'

export default defineCommand({
  meta: {
    name: 'projection',
    description:
      'Build a read model of the running shop anew from its events: rebuild orders. The shop goes on',
  },
  args: {
    action: { type: 'positional', description: 'rebuild', required: true },
    name: { type: 'positional', description: 'Name of the projection, such as orders', required: true },
    json: { type: 'boolean', description: 'Prints JSON' },
  },
  async run({ args: { action, name, json } }) {
    if (action !== 'rebuild') {
      throw new ShopError(`'${action}' is nothing that can be done. Use: bun run projection rebuild ${name}`)
    }
    const services = await operatedServices(readInstance({ root: process.cwd() }))
    const rebuilt = await rebuildProjection(services, name)
    const { service, events } = rebuilt
    console.log(json ? JSON.stringify(rebuilt) : `${service}: ${name} is built anew, from ${events} events`)
  },
})
