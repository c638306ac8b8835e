import { defineCommand } from 'citty'
import { runTests } from '../test/run.ts'
import { SelectionError, selectTests } from '../test/select.ts'
import { closingLine, emptyTally, type Tally, type Times, timesLine } from '../test/tally.ts'
import { untilInterrupted } from '../until-interrupted.ts'

export default defineCommand({
  meta: {
    name: 'test',
    description:
      'The whole suite: check (types, lint, boundaries, generated files), unit (tests beside the sources), ' +
      'shop (tests/, with real sidecars), swap (the shop on every set of components), cluster (on Kubernetes, where SHOP_TEST_K8S says how). With LAYER or PATH only those, e.g. bun run test unit, bun run test services/cart',
  },
  args: {
    what: {
      type: 'positional',
      required: false,
      valueHint: 'LAYER|PATH…',
      description: 'check, unit, shop, swap, cluster, a test file or a folder',
    },
  },
  async run({ args }) {
    process.exitCode = await test(args._)
  },
})

async function test(wanted: string[]): Promise<number> {
  const interrupt = untilInterrupted()
  const binaries = ['daprd', 'placement', 'scheduler', 'sentry', 'nats-server'] as const
  const total = emptyTally()
  const times: Times = new Map()
  try {
    const selection = await selectTests(wanted)
    // The stock CLI is needed by one test alone and takes minutes to build.
    const parts = wanted.length === 0 || wanted.includes('shop') ? ([...binaries, 'dapr'] as const) : binaries
    await runTests(selection, { binaries: parts, signal: interrupt.signal, total, times })
  } catch (error) {
    if (!interrupt.signal.aborted && !(error instanceof SelectionError)) throw error
    total.failed.push(error instanceof Error ? error.message : String(error))
  }
  report(total, times)
  return interrupt.exitCode() || (total.failed.length > 0 ? 1 : 0)
}

function report(total: Tally, times: Times): void {
  if (total.skipped.length > 0) console.log('\nskipped')
  for (const { name, reason } of total.skipped) console.log(`  ${name}: ${reason}`)
  if (total.failed.length > 0) console.log('\nfailed')
  for (const name of total.failed) console.log(`  ${name}`)
  if (times.size > 0) console.log(`\n${timesLine(times)}`)
  console.log(`\n${closingLine(total)}`)
}
