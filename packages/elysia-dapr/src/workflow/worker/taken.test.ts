import { expect, test } from 'bun:test'
import { Buffer } from 'node:buffer'
import { type Channel, GrpcError, grpcCode } from './grpc.ts'
import { metadata } from './messages.ts'
import { untilTaken } from './taken.ts'

const none = metadata.encode({ workflows: { connectedWorkers: 0 } })
const one = metadata.encode({ workflows: { connectedWorkers: 1 } })

/** A sidecar that hangs so cannot be had on demand. */
function watch(answers: (Buffer | Error)[], grace = 15_000) {
  const errors: unknown[] = []
  const controller = new AbortController()
  const channel: Channel = {
    async call() {
      const answer = answers.length > 1 ? answers.shift() : answers[0]
      if (answer instanceof Error) throw answer
      return answer ?? Buffer.alloc(0)
    },
    receive: () => new Promise(() => {}),
    close: () => {},
  }
  const { signal } = controller
  return {
    errors,
    controller,
    taken: untilTaken(channel, error => errors.push(error), { grace, signal }),
  }
}

test('waits until the sidecar counts a worker', async () => {
  const { taken, errors } = watch([Buffer.alloc(0), none, one])
  expect(await taken).toBe(true)
  expect(errors).toEqual([])
})

test('tells once of a sidecar that counts none', async () => {
  const { taken, errors, controller } = watch([none], 1)
  while (errors.length === 0) await new Promise(resolve => setTimeout(resolve, 1))
  controller.abort()
  expect(await taken).toBe(false)
  expect(errors).toMatchObject([{ code: 'WORKER_NOT_TAKEN' }])
})

test('is no wait where the metadata must not be read, and ends with the connection', async () => {
  expect(await watch([new GrpcError(12, 'not allowed')]).taken).toBe(true)
  expect(await watch([none, new GrpcError(grpcCode.unavailable, 'gone')]).taken).toBe(false)
})
