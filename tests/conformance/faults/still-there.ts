// Whether the faults of daprd that are races still show, after an upgrade: bun tests/conformance/faults/still-there.ts
// On two cores each shows within seconds; on one, the first may not.

import { retries } from '../resiliency.ts'
import { failAtOnce, recoverUnderWay, shopOf } from './races.ts'
import { startShop } from './shop.ts'

async function losesWhatFailsAtOnce(): Promise<boolean> {
  const resources = [retries(1_000_000, '10ms')]
  await using shop = await startShop({ ...shopOf.failAtOnce, resources })
  const { takenForDone } = await failAtOnce(shop, { failures: 100_000 })
  return takenForDone.size > 0
}

async function goesDeaf(): Promise<boolean> {
  await using shop = await startShop(shopOf.recoverUnderWay)
  return await recoverUnderWay(shop, { rounds: 20 })
}

const faults = [
  {
    fault: 'takes deliveries that fail at once for done',
    workAround: '`oneAtATime` in app.test.ts, and what README.md of the library says in "What can be lost"',
    shows: losesWhatFailsAtOnce,
  },
  {
    fault: 'goes deaf to a topic of pubsub.mqtt3 when an app recovers before its handlers end',
    workAround: 'scripts/supervisor/shop/refresh-sidecars.ts, and components/embedded/README.md',
    shows: goesDeaf,
  },
]

for (const { fault, workAround, shows } of faults) {
  const isThere = await shows()
  if (!isThere) process.exitCode = 1
  console.log(
    isThere ? `daprd still ${fault}` : `daprd no longer ${fault}; remove the work-around: ${workAround}`,
  )
}
