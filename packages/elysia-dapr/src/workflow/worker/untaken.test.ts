import { expect, test } from 'bun:test'
import { Buffer } from 'node:buffer'
import type { Channel } from './grpc.ts'
import { metadata } from './messages.ts'
import { reportUntaken } from './untaken.ts'

/** A sidecar that hangs so cannot be had on demand. */
function channelTo(answer: () => Promise<Buffer>): Channel {
  return { call: answer, receive: () => new Promise(() => {}), close: () => {} }
}

async function reported(answer: () => Promise<Buffer>, signal = new AbortController().signal) {
  const errors: string[] = []
  await reportUntaken(channelTo(answer), error => errors.push(error.message), { grace: 1, signal })
  return errors
}

test('a sidecar that counts no worker is told of', async () => {
  const wanted = [expect.stringContaining('the sidecar does not take the worker')]
  expect(await reported(async () => Buffer.alloc(0))).toEqual(wanted)
  expect(await reported(async () => metadata.encode({ workflows: { connectedWorkers: 0 } }))).toEqual(wanted)
})

test('one that counts some, or is gone, is not', async () => {
  expect(await reported(async () => metadata.encode({ workflows: { connectedWorkers: 1 } }))).toEqual([])
  expect(await reported(() => Promise.reject(new Error('gone')))).toEqual([])
  expect(await reported(async () => Buffer.alloc(0), AbortSignal.abort())).toEqual([])
})
