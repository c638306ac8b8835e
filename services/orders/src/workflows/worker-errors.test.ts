import { expect, test } from 'bun:test'
import { createLogger } from '@shop/chassis/logger'
import { DaprError, type Sidecar } from 'elysia-dapr'
import { workerErrors } from './worker-errors.ts'

function setUp() {
  const asked: string[] = []
  const request = async (path: string, { method = 'GET' }: RequestInit = {}) => {
    asked.push(`${method} ${path}`)
    return new Response(null, { status: 204 })
  }
  const onError = workerErrors({
    log: createLogger('orders', 'silent'),
    sidecar: { request } as unknown as Sidecar,
  })
  return { asked, onError }
}

test('a sidecar that takes no worker any more is told to end', () => {
  const { asked, onError } = setUp()
  onError(new DaprError('it counts none', { code: 'WORKER_NOT_TAKEN' }))
  expect(asked).toEqual(['POST /v1.0/shutdown'])
})

test('one that is away for a while is left alone', () => {
  const { asked, onError } = setUp()
  onError(new DaprError('no sidecar answers', { code: 'UNREACHABLE' }))
  onError(new Error('the connection is lost'))
  expect(asked).toEqual([])
})
