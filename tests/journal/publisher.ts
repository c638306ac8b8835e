// A process that can be killed: it commits KEYS × VERSIONS events at its first start, and publishes what is in its outbox
// at every start. It dies at the call DIE_AT, when that is sent or when it is answered.

import { existsSync } from 'node:fs'
import { type Sidecar, sidecar } from '../../packages/elysia-dapr/src/index.ts'
import { outgoing } from '../../packages/journal/src/change-set.ts'
import { startRelay } from '../../packages/journal/src/relay.ts'
import { open } from '../../packages/journal/test/temporary-journal.ts'
import { counted } from './topics.ts'

const { DATABASE = '', KEYS, VERSIONS, DIE_AT, DIE_WHEN } = process.env

const isFirst = !existsSync(DATABASE)
const journal = await open(`file:${DATABASE}`)
for (let version = 1; isFirst && version <= Number(VERSIONS); version += 1) {
  const keys = Array.from({ length: Number(KEYS) }, (_, index) => `key-${index}`)
  const outbox = keys.map(key => outgoing(counted, key, { key, version, previous: version - 1 }))
  await journal.commit({ outbox })
}

const real = sidecar()
let calls = 0
const mortal: Sidecar = {
  ...real,
  async request(...call) {
    calls += 1
    const answer = real.request(...call)
    if (calls !== Number(DIE_AT)) return await answer
    // the next turn of the event loop: the request is on its way
    await (DIE_WHEN === 'sent' ? new Promise(resolve => setImmediate(resolve)) : answer)
    process.kill(process.pid, 'SIGKILL')
    return await answer
  },
}
startRelay({
  ...{ journal, sidecar: mortal, source: 'publisher', againAfter: 0 },
  onError: error => console.log(error),
})
