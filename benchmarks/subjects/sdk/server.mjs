// server.mjs [TOPICS]: tells its port, then for each line how many events it has handled
import { DaprServer, LogLevel } from '@dapr/dapr'
import { answerLines, tell } from '../tell.mjs'

const [topics = 1] = process.argv.slice(2)
const logger = { level: LogLevel.Error }
// What is measured calls no sidecar; there is none at this port.
const clientOptions = { daprHost: '127.0.0.1', daprPort: '1', logger }
const server = new DaprServer({ serverHost: '127.0.0.1', serverPort: '0', clientOptions, logger })

let handled = 0
for (let index = 0; index < Number(topics); index++) {
  await server.pubsub.subscribe('pubsub', `order-placed-${index}`, async data => {
    if (data.total > 0) handled++
  })
}

// It would listen on every address of the machine, and does not tell which port it got.
const express = server.daprServer.getServer()
const listen = express.listen.bind(express)
express.listen = (/** @type {number} */ port) => {
  const http = listen(port, '127.0.0.1', () => tell({ port: http.address().port }))
  return http
}
// Without a sidecar it serves as well, and gives up its own client after a while.
server.start().catch(() => undefined)
await answerLines(() => handled)
