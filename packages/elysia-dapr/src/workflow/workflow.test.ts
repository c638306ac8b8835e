import { expect, spyOn, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { startWorker } from './worker/worker.ts'
import { workflow } from './workflow.ts'

function* nothing() {}

test('a workflow is registered under its name and version', () => {
  expect(workflow('checkout', {}, nothing).name).toBe('checkout-v1')
  expect(workflow('checkout', { version: 12 }, nothing).name).toBe('checkout-v12')
})

test.each([0, -1, 1.5, Number.NaN])('%p is no version', version => {
  expect(() => workflow('checkout', { version }, nothing)).toThrow(TypeError)
})

test('events that differ in case only are one for Dapr', () => {
  const events = { paid: Type.Null(), Paid: Type.Null() }
  expect(() => workflow('checkout', { events }, nothing)).toThrow('two events of checkout are named paid')
})

test('a worker takes one definition of a name', () => {
  const workflows = [workflow('checkout', {}, nothing), workflow('checkout', {}, nothing)]
  expect(() => startWorker({ workflows })).toThrow('two definitions of the workflow checkout-v1')
})

test('a worker whose errors nobody asks for tells the console of them', async () => {
  const said = Promise.withResolvers<unknown[]>()
  const console_ = spyOn(console, 'error').mockImplementation((...args) => said.resolve(args))
  try {
    const worker = startWorker({ endpoint: '127.0.0.1:1' })
    expect(await said.promise).toEqual(['workflow worker:', expect.any(Error)])
    await worker.stop()
  } finally {
    console_.mockRestore()
  }
})

test.each([
  ['a concurrency', { concurrency: 0 }],
  ['a concurrency', { concurrency: Number.NaN }],
  ['an endpoint', { endpoint: 'unix:/tmp/dapr.sock' }],
])('a worker does not start with %s that is none: %j', (_, options) => {
  expect(() => startWorker(options)).toThrow(TypeError)
})
